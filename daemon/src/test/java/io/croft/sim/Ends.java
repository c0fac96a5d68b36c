package io.croft.sim;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.time.BootTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * DELs that succeeded: an ADD that began no later gets nothing any more, and what they ended is
 * held no more, in the end.
 */
final class Ends {
    private record End(int era, BootTime began, long heard) {}

    /** Answers that were given at once may overtake each other by so much. */
    private static final Duration REPLY = Duration.ofMillis(100);

    private final World world;
    private final Map<String, End> answered = new HashMap<>();
    private final Map<String, End> owed = new HashMap<>();

    Ends(World world) {
        this.world = world;
    }

    /** An agent answered a DEL: ADDs of its key that began no later are refused from now on. */
    void deleted(Sandbox sandbox, BootTime began) {
        note(answered, sandbox, began);
    }

    /** A runtime was told that a DEL succeeded: it was answered, or spooled. */
    void mustEnd(Sandbox sandbox, BootTime began) {
        note(owed, sandbox, began);
    }

    private void note(Map<String, End> where, Sandbox sandbox, BootTime began) {
        where.merge(
                name(sandbox.machine, sandbox.key),
                new End(sandbox.machine.era(), began, world.scheduler.now()),
                (old, now) -> old.era != now.era || old.began.isBefore(now.began) ? now : old);
    }

    private static String name(Machine machine, Attachment key) {
        return machine + " " + key;
    }

    /** The agent decided it now. */
    void given(Machine machine, Allocation held) {
        mustNotBeDeleted(machine, held.attachment(), held.began(), Duration.ZERO);
    }

    /** The answer comes now, and was decided a little earlier. */
    void answered(Sandbox sandbox, BootTime began) {
        mustNotBeDeleted(sandbox.machine, sandbox.key, began, REPLY);
    }

    private void mustNotBeDeleted(Machine machine, Attachment key, BootTime began, Duration ago) {
        Optional.ofNullable(answered.get(name(machine, key)))
                .filter(del -> del.era == machine.era())
                .filter(del -> !began.isAfter(del.began))
                .filter(del -> world.scheduler.now() - del.heard > ago.toNanos())
                .filter(_ -> !world.checker.mayForget(machine))
                .ifPresent(del -> {
                    throw world.fail(
                            "answered after its DEL",
                            key.containerId(),
                            "an ADD of %s began at %s, its DEL at %s"
                                    .formatted(key, began, del.began));
                });
    }

    /** After all heals and some quiet: nothing is held that a DEL has ended. */
    void mustHaveEnded(Machine machine) {
        if (world.checker.mayForget(machine)) {
            return;
        }
        machine.agent()
                .filter(AgentProcess::isServing)
                .ifPresent(process -> {
                    for (Allocation held : process.agent().state().allocations()) {
                        Optional.ofNullable(owed.get(name(machine, held.attachment())))
                                .filter(end -> end.era == machine.era())
                                .filter(end -> !end.began.isBefore(held.began()))
                                .ifPresent(end -> {
                                    throw new Failure(
                                            "held after its DEL",
                                            held.attachment().containerId(),
                                            "%s holds %s, whose DEL began at %s"
                                                    .formatted(machine, held, end.began));
                                });
                    }
                });
    }
}
