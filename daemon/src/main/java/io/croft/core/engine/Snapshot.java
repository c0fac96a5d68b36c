package io.croft.core.engine;

import io.croft.core.block.Block;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.block.Ownership.Returning;
import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.block.Token;
import io.croft.core.time.BootTime;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A state as the events that rebuild it: there is no other snapshot format. Blocks are adopted
 * first, so that positions can be taken, and become what they are last.
 */
final class Snapshot {
    private Snapshot() {}

    static Stream<Event> of(NodeState state, Markers markers, Map<Need, BootTime> unavailable) {
        return Stream.of(
                        state.bootId().<Event>map(Event.Started::new).stream(),
                        state.replacedIn().<Event>map(Event.JournalReplaced::new).stream(),
                        state.incarnation().<Event>map(i -> i).stream(),
                        compared(state),
                        state.pools().stream().map(Event.PoolDefined::new),
                        state.blocks().stream().flatMap(Snapshot::appearance),
                        Stream.of(new Event.SequenceReached(state.nextSequence() - 1)),
                        state.allocations().stream().map(Event.Allocated::new),
                        state.blocks().stream().flatMap(Snapshot::rest),
                        unvalidated(state),
                        state.blocks().stream().flatMap(Snapshot::end),
                        markers.events(),
                        unavailable.entrySet().stream()
                                .map(e -> new Event.Unavailable(e.getKey(), e.getValue())))
                .flatMap(events -> events);
    }

    private static Stream<Event> appearance(Block block) {
        return switch (block.ownership()) {
            case Claiming(var intent) -> Stream.of(new Event.ClaimIntended(intent));
            case Owned(Token token) -> Stream.of(new Event.BlockAdopted(block.id(), token));
            case Unvalidated(Token token) -> Stream.of(new Event.BlockAdopted(block.id(), token));
            case Returning(Token token) -> Stream.of(new Event.BlockAdopted(block.id(), token));
            case Quarantined(Token token, var cause) ->
                    Stream.of(new Event.BlockAdopted(block.id(), token));
        };
    }

    private static Stream<Event> compared(NodeState state) {
        long generation = state.comparedGeneration();
        return generation > 0
                ? Stream.of(new Event.StoreCompared(generation, state.comparedIn()))
                : Stream.empty();
    }

    private static Stream<Event> rest(Block block) {
        return block.resting().stream().map(resting -> new Event.Rested(block.id(), resting));
    }

    /**
     * A second start in the same boot makes every owned block unvalidated; those that were
     * validated follow.
     */
    private static Stream<Event> unvalidated(NodeState state) {
        if (state.blocks().stream().noneMatch(b -> b.ownership() instanceof Unvalidated)) {
            return Stream.empty();
        }
        Stream<Event> again = state.bootId().<Event>map(Event.Started::new).stream();
        Stream<Event> validated =
                state.blocks().stream()
                        .filter(b -> !(b.ownership() instanceof Unvalidated))
                        .map(b -> new Event.BlockValidated(b.id()));
        return Stream.concat(again, validated);
    }

    private static Stream<Event> end(Block block) {
        return switch (block.ownership()) {
            case Returning returning -> Stream.of(new Event.BlockRetired(block.id()));
            case Quarantined(Token token, var cause) ->
                    Stream.of(new Event.BlockQuarantined(block.id(), cause, Optional.of(token)));
            default -> Stream.empty();
        };
    }
}
