package io.croft.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.Workload;
import io.croft.core.block.BlockId;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.time.BootTime;
import io.croft.testing.Some;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a state makes of an ADD that another one was answered before. */
class RenewalTest {
    private static final Workload BEFORE = new Workload("team", "pod", "uid", Some.netns(1));
    private static final Workload AFTER = new Workload("team", "pod", "uid", Some.netns(2));

    private final NodeState state = empty();
    private final List<BlockAddress> addresses;

    RenewalTest() {
        Pool pool = Some.pool("p", "10.0.0.0/24", PoolMode.ROUTED, 29, Some.DEFAULT);
        var block = new BlockId(pool.id(), Some.cidr("10.0.0.0/29"));
        addresses = List.of(new BlockAddress(block, 3));
        state.apply(new Event.Started(Some.uuid("boot")));
        state.apply(new Event.PoolDefined(pool));
        state.apply(new Event.BlockAdopted(block, Some.token(1)));
        state.apply(new Event.Allocated(held(7, Some.at(10), false, BEFORE)));
    }

    private static NodeState empty() {
        return new NodeState(new NodeProfile("node-a", Map.of()));
    }

    private Allocation held(long sequence, BootTime began, boolean shared, Workload workload) {
        return new Allocation(
                Some.attachment("a"), sequence, began, shared, addresses, workload, Instant.EPOCH);
    }

    private static Event.Renewed renewed(OptionalLong sequence) {
        return new Event.Renewed(Some.attachment("a"), sequence, Some.at(20), AFTER);
    }

    private Optional<Allocation> there() {
        return state.allocation(Some.attachment("a"));
    }

    @Test
    void movesTheSequenceOn() {
        state.apply(renewed(OptionalLong.of(8)));
        assertEquals(Optional.of(held(8, Some.at(20), true, AFTER)), there());
        assertEquals(9, state.nextSequence());
        assertEquals(Optional.empty(), Invariants.broken(state));
    }

    @Test
    void leavesTheSequenceWhereARecordOfOldNamesNone() {
        state.apply(renewed(OptionalLong.empty()));
        assertEquals(Optional.of(held(7, Some.at(20), true, AFTER)), there());
        assertEquals(8, state.nextSequence());
    }

    @Test
    void isInASnapshot() {
        state.apply(renewed(OptionalLong.of(8)));
        NodeState again = empty();
        state.events().forEach(again::apply);
        assertEquals(there(), again.allocation(Some.attachment("a")));
        assertEquals(9, again.nextSequence());
    }

    @Test
    void givesASequenceThatStaysGivenOnceItIsFreed() {
        state.apply(renewed(OptionalLong.of(8)));
        state.apply(new Event.Released(Some.attachment("a"), 8, Some.at(30)));
        NodeState again = empty();
        state.events().forEach(again::apply);
        assertEquals(9, again.nextSequence());
    }

    @Test
    void letsAReleaseOfBeforeFreeNothing() {
        state.apply(renewed(OptionalLong.of(8)));
        state.apply(new Event.Released(Some.attachment("a"), 7, Some.at(30)));
        assertTrue(there().isPresent());
        state.apply(new Event.Released(Some.attachment("a"), 8, Some.at(30)));
        assertEquals(Optional.empty(), there());
        assertEquals(List.of(), state.takeViolations());
    }

    @Test
    void isNotWrittenWithASequenceOfBefore() {
        assertEquals(Optional.empty(), state.verify(List.of(renewed(OptionalLong.of(8)))));
        var violation = state.verify(List.of(renewed(OptionalLong.of(7))));
        assertEquals("sequence 7 was given before", violation.orElseThrow().what());
    }

    @Test
    void isNotWrittenWhereNothingIsHeld() {
        state.apply(new Event.Released(Some.attachment("a"), 7, Some.at(15)));
        assertTrue(state.verify(List.of(renewed(OptionalLong.of(8)))).isPresent());
    }
}
