package io.croft.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.Workload;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.Ownership;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Check;
import io.croft.core.time.BootTime;
import io.croft.testing.Some;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private static Event.Renewed renewed(long sequence) {
        return new Event.Renewed(Some.attachment("a"), sequence, Some.at(20), AFTER);
    }

    private Optional<Allocation> there() {
        return state.allocation(Some.attachment("a"));
    }

    @Test
    void movesTheSequenceOn() {
        state.apply(renewed(8));
        assertEquals(Optional.of(held(8, Some.at(20), true, AFTER)), there());
        assertEquals(9, state.nextSequence());
        assertEquals(Optional.empty(), Invariants.broken(state));
    }

    @Test
    void isInASnapshot() {
        state.apply(renewed(8));
        NodeState again = empty();
        state.events().forEach(again::apply);
        assertEquals(there(), again.allocation(Some.attachment("a")));
        assertEquals(9, again.nextSequence());
    }

    @Test
    void givesASequenceThatStaysGivenOnceItIsFreed() {
        state.apply(renewed(8));
        state.apply(new Event.Released(Some.attachment("a"), 8, Some.at(30)));
        NodeState again = empty();
        state.events().forEach(again::apply);
        assertEquals(9, again.nextSequence());
    }

    @Test
    void letsAReleaseOfBeforeFreeNothing() {
        state.apply(renewed(8));
        var before = new Event.Released(Some.attachment("a"), 7, Some.at(30));
        assertTrue(state.verify(List.of(before)).isPresent());
        state.apply(before);
        assertTrue(there().isPresent());
    }

    @Test
    void quarantinesTheBlockWhereARecordReleasesAnotherSequence() {
        state.apply(renewed(8));
        state.apply(new Event.Released(Some.attachment("a"), 7, Some.at(30)));
        assertEquals(
                List.of("sequence 7 of net/a/eth0 is not held"),
                state.takeViolations().stream().map(Violation::what).toList());
        var block = state.block(addresses.getFirst().block()).orElseThrow();
        assertEquals(new Ownership.Quarantined(Some.token(1), Cause.VIOLATION), block.ownership());
    }

    @Test
    void saysWhereARecordReleasesWhatIsNotHeld() {
        state.apply(new Event.Released(Some.attachment("a"), 7, Some.at(30)));
        assertEquals(List.of(), state.takeViolations());
        state.apply(new Event.Released(Some.attachment("a"), 7, Some.at(31)));
        assertEquals(
                List.of(Optional.<BlockId>empty()),
                state.takeViolations().stream().map(Violation::block).toList());
    }

    @Test
    void isNotWrittenWithASequenceOfBefore() {
        assertEquals(Optional.empty(), state.verify(List.of(renewed(8))));
        var violation = state.verify(List.of(renewed(7)));
        assertEquals("sequence 7 was given before", violation.orElseThrow().what());
    }

    @Test
    void isNotWrittenWhereNothingIsHeld() {
        state.apply(new Event.Released(Some.attachment("a"), 7, Some.at(15)));
        assertTrue(state.verify(List.of(renewed(8))).isPresent());
        state.apply(renewed(8));
        assertEquals(
                List.of("net/a/eth0 holds nothing to renew"),
                state.takeViolations().stream().map(Violation::what).toList());
    }

    @Test
    void isRefusedWhereARecordGaveTheAddressToAnotherAsWell() {
        var again = new Allocate(Some.attachment("a"), Some.at(20), AddressWish.NONE, AFTER, "ptp");
        assertInstanceOf(Decision.Accepted.class, again.decide(state, Some.moment(20)));
        state.apply(
                new Event.Allocated(
                        new Allocation(
                                Some.attachment("b"),
                                8,
                                Some.at(15),
                                false,
                                addresses,
                                BEFORE,
                                Instant.EPOCH)));
        var refused =
                assertInstanceOf(Decision.Refused.class, again.decide(state, Some.moment(20)));
        assertEquals(Reason.STATE_VIOLATION, refused.why().reason());
        assertEquals("10.0.0.3 is held by net/b/eth0 as well", refused.why().message());
        var check = new Check(Some.attachment("a"), Optional.empty());
        var unanswered =
                assertInstanceOf(Decision.Refused.class, check.decide(state, Some.moment(20)));
        assertEquals(refused.why().message(), unanswered.why().message());
    }
}
