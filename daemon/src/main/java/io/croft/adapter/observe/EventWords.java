package io.croft.adapter.observe;

import static io.croft.adapter.observe.LogLevel.DEBUG;
import static io.croft.adapter.observe.LogLevel.ERROR;
import static io.croft.adapter.observe.LogLevel.INFO;
import static io.croft.adapter.observe.LogLevel.WARN;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.Workload;
import io.croft.core.engine.Event;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** The words for the core's events. */
final class EventWords {
    private EventWords() {}

    /** How much the event matters; cheap, so that one nobody hears costs nothing. */
    static LogLevel level(Event event) {
        return switch (event) {
            case Event.BlockQuarantined quarantined -> ERROR;
            case Event.Started started -> INFO;
            case Event.JournalReplaced replaced -> WARN;
            case Event.BlockAdopted adopted -> INFO;
            case Event.BlockRetired retired -> INFO;
            case Event.BlockForgotten forgotten -> INFO;
            case Event.PoolDefined defined -> INFO;
            case Event.PoolRemoved removed -> INFO;
            default -> DEBUG;
        };
    }

    /** Empty: nobody would ask about it. */
    static Optional<Happening> of(Event event) {
        LogLevel level = level(event);
        return switch (event) {
            case Event.Started(var boot) -> say(level, "started", "boot", boot);
            case Event.JournalReplaced(var boot) -> say(level, "journal_replaced", "boot", boot);
            case Event.StoreCompared(long generation, Optional<UUID> _) ->
                    say(level, "store_compared", "generation", generation);
            case Event.ClaimIntended(var intent) ->
                    say(level, "claim_intended", "block", intent.block());
            case Event.ClaimAbandoned(var block) -> say(level, "claim_abandoned", "block", block);
            case Event.BlockAdopted(var block, var token) ->
                    say(level, "block_claimed", "block", block, "epoch", token.epoch());
            case Event.BlockValidated(var block) -> say(level, "block_validated", "block", block);
            case Event.BlockRetired(var block) -> say(level, "block_retired", "block", block);
            case Event.BlockForgotten(var block) -> say(level, "block_forgotten", "block", block);
            case Event.BlockQuarantined(var block, var cause, var token) ->
                    say(level, "block_quarantined", "block", block, "cause", cause);
            case Event.Allocated(var allocation) -> Optional.of(allocated(allocation));
            case Event.Renewed(var attachment, var number, var began, var workload) ->
                    Optional.of(
                            Happening.of(level, "renewed", "sequence", number)
                                    .with(key(attachment))
                                    .with(labels(workload)));
            case Event.Released(var attachment, var sequence, var at) ->
                    Optional.of(
                            Happening.of(level, "released", "sequence", sequence)
                                    .with(key(attachment)));
            case Event.Vacated(var addresses) ->
                    say(level, "vacated", "addresses", join(addresses));
            case Event.PoolDefined(var pool) ->
                    say(
                            level,
                            "pool_defined",
                            "pool",
                            pool.name(),
                            "cidr",
                            pool.cidr(),
                            "state",
                            pool.state());
            case Event.PoolRemoved(var pool) -> say(level, "pool_removed", "uid", pool);
            case Event.Unavailable(var need, var until) ->
                    say(
                            level,
                            "no_free_block",
                            "uid",
                            need.pool(),
                            "block",
                            need.block().map(Object::toString).orElse("any"));
            case Event.IncarnationIntended intended -> Optional.empty();
            case Event.Marked marked -> Optional.empty();
            case Event.Rested rested -> Optional.empty();
            case Event.SequenceReached reached -> Optional.empty();
        };
    }

    private static Optional<Happening> say(LogLevel level, String event, Object... facts) {
        return Optional.of(Happening.of(level, event, facts));
    }

    private static Happening allocated(Allocation allocation) {
        return Happening.of(
                        DEBUG,
                        "allocated",
                        "addresses",
                        join(allocation.addresses()),
                        "sequence",
                        allocation.sequence())
                .with(key(allocation.attachment()))
                .with(labels(allocation.workload()));
    }

    private static String join(List<BlockAddress> addresses) {
        return addresses.stream().map(BlockAddress::toString).collect(Collectors.joining(","));
    }

    static Map<String, String> key(Attachment attachment) {
        return Happening.of(
                        DEBUG,
                        "",
                        "network",
                        attachment.network(),
                        "container",
                        attachment.containerId(),
                        "interface",
                        attachment.ifName())
                .facts();
    }

    static Map<String, String> labels(Workload workload) {
        return Happening.of(DEBUG, "", "namespace", workload.namespace(), "pod", workload.pod())
                .facts();
    }
}
