package io.croft.adapter.journal;

import io.croft.core.allocation.Allocation;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Resting;
import io.croft.core.block.Token;
import io.croft.core.engine.Event;
import io.croft.core.pool.Pool;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** An event as a line for people. */
final class EventText {
    private EventText() {}

    static String of(long sequence, Moment at, Event event) {
        return String.format(
                Locale.ROOT, "%d %s %s %s", sequence, at.wall(), seconds(at.boot()), of(event));
    }

    private static String of(Event event) {
        return switch (event) {
            case Event.Started(var boot) -> "started boot=" + boot;
            case Event.IncarnationIntended(long incarnation, var nonce) ->
                    "incarnation-intended incarnation=%d nonce=%s".formatted(incarnation, nonce);
            case Event.StoreCompared(long generation, Optional<UUID> boot) ->
                    "store-compared generation=%d boot=%s"
                            .formatted(generation, boot.map(UUID::toString).orElse("none"));
            case Event.ClaimIntended(ClaimIntent intent) ->
                    "claim-intended block=%s expected=%s next=%s"
                            .formatted(
                                    intent.block(),
                                    intent.expected().map(EventText::of).orElse("none"),
                                    of(intent.next()));
            case Event.ClaimAbandoned(var block) -> "claim-abandoned block=" + block;
            case Event.BlockAdopted(var block, Token token) ->
                    "block-adopted block=%s token=%s".formatted(block, of(token));
            case Event.BlockValidated(var block) -> "block-validated block=" + block;
            case Event.JournalReplaced(var boot) -> "journal-replaced boot=" + boot;
            case Event.BlockRetired(var block) -> "block-retired block=" + block;
            case Event.BlockForgotten(var block) -> "block-forgotten block=" + block;
            case Event.BlockQuarantined(var block, var cause, var token) ->
                    "block-quarantined block=%s cause=%s token=%s"
                            .formatted(block, cause, token.map(EventText::of).orElse("known"));
            case Event.Allocated(Allocation held) ->
                    "allocated %s number=%d addresses=%s pod=%s/%s began=%s"
                            .formatted(
                                    held.attachment(),
                                    held.sequence(),
                                    list(held.addresses()),
                                    held.workload().namespace(),
                                    held.workload().pod(),
                                    seconds(held.began()));
            case Event.Renewed(var attachment, long number, BootTime began, var workload) ->
                    "renewed %s number=%d pod=%s/%s began=%s"
                            .formatted(
                                    attachment,
                                    number,
                                    workload.namespace(),
                                    workload.pod(),
                                    seconds(began));
            case Event.Released(var attachment, long number, BootTime at) ->
                    "released %s number=%d at=%s".formatted(attachment, number, seconds(at));
            case Event.Marked(var attachment, var marker) ->
                    "marked %s began=%s until=%s"
                            .formatted(
                                    attachment, seconds(marker.began()), seconds(marker.until()));
            case Event.Vacated(var addresses) -> "vacated addresses=" + list(addresses);
            case Event.Rested(var block, Resting resting) ->
                    "rested address=%s since=%s vacated=%s"
                            .formatted(
                                    block.cidr().at(resting.ordinal()),
                                    seconds(resting.since()),
                                    resting.vacated());
            case Event.SequenceReached(long number) -> "sequence-reached number=" + number;
            case Event.PoolDefined(Pool pool) ->
                    "pool-defined %s cidr=%s state=%s uid=%s"
                            .formatted(pool.name(), pool.cidr(), pool.state(), pool.id());
            case Event.PoolRemoved(var pool) -> "pool-removed uid=" + pool;
            case Event.Unavailable(var need, BootTime until) ->
                    "unavailable pool=%s block=%s until=%s"
                            .formatted(
                                    need.pool(),
                                    need.block().map(Object::toString).orElse("any"),
                                    seconds(until));
        };
    }

    private static String of(Token token) {
        return "%d.%d.%s".formatted(token.generation(), token.epoch(), token.nonce());
    }

    private static String list(List<?> values) {
        return values.stream().map(Object::toString).collect(Collectors.joining(","));
    }

    private static String seconds(BootTime time) {
        return String.format(Locale.ROOT, "%.3fs", time.nanos() / 1e9);
    }
}
