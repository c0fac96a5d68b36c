package io.croft.sim;

import io.croft.core.block.BlockId;
import io.croft.core.engine.Command;
import io.croft.core.engine.Event;
import io.croft.core.engine.Violation;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.IpamListener;
import java.time.Duration;
import java.util.List;

/** Hears what one agent decides, for the trace and the checker. */
final class Ear implements IpamListener {
    private final World world;
    private final Machine machine;
    private final AgentProcess process;

    Ear(World world, Machine machine, AgentProcess process) {
        this.world = world;
        this.machine = machine;
        this.process = process;
    }

    @Override
    public void accepted(Command<?> command, List<Event> events, Object reply, Duration waited) {
        for (Event event : events) {
            world.scheduler.say(machine + " " + words(event));
        }
        machine.journalled(events);
        world.decisions.made(machine, process.agent().install(), events);
        world.checker.decided(machine, process.agent(), events);
    }

    private static String words(Event event) {
        return switch (event) {
            case Event.Allocated(var held) ->
                    "gives %s to %s, number %d"
                            .formatted(held.addresses(), held.attachment(), held.sequence());
            case Event.Released(var attachment, long number, var at) ->
                    "releases %s, number %d".formatted(attachment, number);
            case Event.Vacated(var addresses) -> "vacates " + addresses;
            default -> event.toString();
        };
    }

    @Override
    public void refused(Command<?> command, Rejection why, Duration waited) {
        world.scheduler.say(
                "%s refuses %s: %s %s"
                        .formatted(
                                machine,
                                command.getClass().getSimpleName(),
                                why.reason(),
                                why.message()));
        world.decisions.refused(machine, process, command, why);
        if (why.reason() == Reason.INTERNAL || why.reason() == Reason.STATE_VIOLATION) {
            throw world.fail("defect", machine.name, why.toString());
        }
    }

    @Override
    public void violated(Violation violation) {
        throw world.fail("violation", machine.name, violation.toString());
    }

    @Override
    public void committed(int records, Duration took) {}

    @Override
    public void snapshotTaken(Duration took) {
        world.scheduler.say(machine + " takes a snapshot");
    }

    @Override
    public void storeAnswered(BlockId block, String outcome) {
        world.scheduler.say("%s block %s %s".formatted(machine, block, outcome));
    }

    @Override
    public void limitReached(String limit) {
        world.scheduler.say("%s limit %s".formatted(machine, limit));
    }

    /** A name of a class is that of a duty that failed. */
    @Override
    public void outage(String what, boolean begins, String message) {
        world.scheduler.say(
                "%s outage of %s %s: %s"
                        .formatted(machine, what, begins ? "begins" : "ends", message));
        if (Character.isUpperCase(what.charAt(0))) {
            throw world.fail("defect", machine.name, what + " " + message);
        }
    }
}
