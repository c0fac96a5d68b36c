package io.croft.testing;

import io.croft.core.block.BlockId;
import io.croft.core.engine.Command;
import io.croft.core.engine.Event;
import io.croft.core.engine.Violation;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.IpamListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** What a node said, in its order. */
public final class Heard implements IpamListener {
    /** Decisions, one line each. */
    public final List<String> log = new ArrayList<>();

    public final List<Violation> violations = new ArrayList<>();
    public final List<String> limits = new ArrayList<>();
    public final List<String> outages = new ArrayList<>();
    public int commits;

    /** Hears commands that nobody outside waits for. */
    public BiConsumer<Command<?>, Object> onAccepted = (command, reply) -> {};

    @Override
    public void accepted(Command<?> command, List<Event> events, Object reply, Duration waited) {
        onAccepted.accept(command, reply);
        if (!events.isEmpty()) {
            log.add(events.toString());
        }
    }

    @Override
    public void refused(Command<?> command, Rejection why, Duration waited) {
        log.add(why.reason() + " " + why.message());
    }

    @Override
    public void violated(Violation violation) {
        violations.add(violation);
    }

    @Override
    public void committed(int records, Duration took) {
        commits++;
    }

    @Override
    public void snapshotTaken(Duration took) {
        log.add("snapshot");
    }

    @Override
    public void storeAnswered(BlockId block, String outcome) {
        log.add(block + " " + outcome);
    }

    @Override
    public void limitReached(String limit) {
        limits.add(limit);
    }

    @Override
    public void outage(String what, boolean begins, String message) {
        outages.add(what + " " + (begins ? "begins" : "ends"));
    }
}
