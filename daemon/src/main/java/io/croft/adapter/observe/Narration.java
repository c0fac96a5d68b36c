package io.croft.adapter.observe;

import static io.croft.adapter.observe.LogLevel.DEBUG;
import static io.croft.adapter.observe.LogLevel.ERROR;
import static io.croft.adapter.observe.LogLevel.INFO;
import static io.croft.adapter.observe.LogLevel.WARN;

import io.croft.core.block.BlockId;
import io.croft.core.engine.Command;
import io.croft.core.engine.Event;
import io.croft.core.engine.Violation;
import io.croft.core.rejection.Rejection;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Check;
import io.croft.core.serving.CollectGarbage;
import io.croft.core.serving.Release;
import io.croft.core.serving.ReleaseExact;
import io.croft.node.port.IpamListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A listener that puts what it hears into words; whoever extends it decides where they go. */
abstract class Narration implements IpamListener {
    /** Whether anybody would read something of that level; asked before the words are made. */
    abstract boolean wants(LogLevel level);

    abstract void tell(Happening happening);

    @Override
    public void accepted(Command<?> command, List<Event> events, Object reply, Duration waited) {
        if (command instanceof CollectGarbage && wants(INFO)) {
            events.forEach(event -> collected(event).ifPresent(this::tell));
            return;
        }
        for (Event event : events) {
            if (wants(EventWords.level(event))) {
                EventWords.of(event).ifPresent(this::tell);
            }
        }
    }

    /** Nobody asked for it by name, so it is told where a DEL is not. */
    private static Optional<Happening> collected(Event event) {
        return event instanceof Event.Released(var attachment, var sequence, var at)
                ? Optional.of(
                        Happening.of(INFO, "collected", "sequence", sequence)
                                .with(EventWords.key(attachment)))
                : Optional.empty();
    }

    @Override
    public void refused(Command<?> command, Rejection why, Duration waited) {
        if (wants(INFO)) {
            tell(
                    Happening.of(
                                    INFO,
                                    "refused",
                                    "verb",
                                    command.getClass().getSimpleName(),
                                    "reason",
                                    why.reason(),
                                    "message",
                                    why.message(),
                                    "waited_ms",
                                    waited.toMillis())
                            .with(who(command))
                            .with(why.facts()));
        }
    }

    private static Map<String, String> who(Command<?> command) {
        return switch (command) {
            case Allocate add ->
                    Happening.of(INFO, "")
                            .with(EventWords.labels(add.workload()))
                            .with(EventWords.key(add.attachment()))
                            .facts();
            case Release del -> EventWords.key(del.attachment());
            case ReleaseExact release -> EventWords.key(release.attachment());
            case Check check -> EventWords.key(check.attachment());
            default -> Map.of();
        };
    }

    @Override
    public void violated(Violation violation) {
        tell(
                Happening.of(
                        ERROR,
                        "violated",
                        "block",
                        violation.block().map(BlockId::toString).orElse("none"),
                        "what",
                        violation.what()));
    }

    @Override
    public void committed(int records, Duration took) {
        // Metrics have it; a line a turn would say nothing more.
    }

    @Override
    public void snapshotTaken(Duration took) {
        tell(Happening.of(DEBUG, "snapshot_taken", "took_ms", took.toMillis()));
    }

    @Override
    public void storeAnswered(BlockId block, String outcome) {
        // An unknown outcome is repeated until the store answers; the outage was told once.
        LogLevel level = outcome.equals("unknown") ? DEBUG : INFO;
        tell(Happening.of(level, "store_answered", "block", block, "outcome", outcome));
    }

    @Override
    public void limitReached(String limit) {
        tell(Happening.of(WARN, "limit_reached", "limit", limit));
    }

    @Override
    public void outage(String what, boolean begins, String message) {
        LogLevel level = begins ? WARN : INFO;
        String event = begins ? "outage_began" : "outage_ended";
        tell(Happening.of(level, event, "of", what, "message", message));
    }
}
