package io.croft.node.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Workload;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Release;
import io.croft.core.serving.ReleaseExact;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The sequence of an allocation is never another's, also where the journal forgot the first, nor
 * that of the same attachment once another ADD was answered.
 */
final class SequencesTest {
    private static final Pool POOL = Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED);

    private final TestNode node = TestNode.alone(1, POOL);

    private Allocate allocate() {
        return new Allocate(
                Some.attachment("a"),
                node.clock.now().boot(),
                AddressWish.NONE,
                Workload.UNKNOWN,
                "");
    }

    private Allocation add() {
        return node.ask(allocate()).allocation();
    }

    @Test
    void areNotGivenAgainAfterAPowerCutTookTheirAllocation() {
        Set<Long> given = new HashSet<>();
        for (int cut = 0; cut < 20; cut++) {
            Allocation held = add();
            assertTrue(given.add(held.sequence()), held + " has a sequence of before");
            node.reboot();
            node.settle();
        }
    }

    @Test
    void letNoReleaseOfBeforeAPowerCutFreeANewPod() {
        Allocation before = add();
        node.reboot();
        node.settle();
        Allocation after = add();
        assertEquals(before.attachment(), after.attachment());
        assertFalse(node.ask(new ReleaseExact(before.attachment(), before.sequence())));
        assertEquals(1, node.state().allocations().size());
    }

    @Test
    void moveOnWithAnAddOfAnotherStamp() {
        Allocation before = add();
        node.pass(Duration.ofSeconds(1));
        Allocation after = add();
        assertEquals(before.addresses(), after.addresses());
        assertTrue(after.sequence() > before.sequence(), before + " and then " + after);
        assertEquals(List.of(after), List.copyOf(node.state().allocations()));
        node.restart();
        node.settle();
        assertEquals(List.of(after), List.copyOf(node.state().allocations()));
        assertTrue(node.state().nextSequence() > after.sequence());
    }

    @Test
    void moveOnWithAnAddThatBeganBeforeAndComesLater() {
        var late = allocate();
        node.pass(Duration.ofSeconds(1));
        Allocation before = add();
        Allocation after = node.ask(late).allocation();
        assertTrue(after.sequence() > before.sequence(), before + " and then " + after);
        assertEquals(before.began(), after.began());
    }

    @Test
    void stayForARetry() {
        var add = allocate();
        assertEquals(node.ask(add), node.ask(add));
        node.restart();
        node.settle();
        long next = node.state().nextSequence();
        node.ask(add);
        assertEquals(next, node.state().nextSequence());
    }

    @Test
    void letNoReleaseOfBeforeFreeTheSandboxThatHasTheIdNow() {
        Allocation gone = add();
        node.pass(Duration.ofSeconds(1));
        Allocation held = add();
        assertFalse(node.ask(new ReleaseExact(gone.attachment(), gone.sequence())));
        assertEquals(List.of(held), List.copyOf(node.state().allocations()));
        assertTrue(node.ask(new ReleaseExact(held.attachment(), held.sequence())));
        assertEquals(0, node.state().allocations().size());
    }

    @Test
    void leaveDelAndUndoAsTheyWere() {
        Allocation first = add();
        node.pass(Duration.ofSeconds(1));
        Allocation second = add();
        var pod = first.attachment();
        assertFalse(node.ask(new Release(pod, first.began(), true)), "it is shared");
        assertFalse(node.ask(new Release(pod, second.began(), true)), "it is shared");
        assertFalse(node.ask(new Release(pod, first.began(), false)), "a DEL of before");
        assertEquals(List.of(second), List.copyOf(node.state().allocations()));
        assertTrue(node.ask(new Release(pod, second.began(), false)));
        assertEquals(0, node.state().allocations().size());
    }

    @Test
    void leapOverThoseOfATimeThatWasWoundBack() {
        long next = node.state().nextSequence();
        long seconds = 100;
        node.clock.setWall(node.clock.now().wall().plusSeconds(seconds));
        node.settle();
        assertTrue(
                node.state().nextSequence() >= next + seconds * 1_000_000,
                next + " and then " + node.state().nextSequence());
    }

    /** The wall clock of the snapshot stood at 1970, and of two lives after it each sees today. */
    @Test
    void leapToOthersInEachOfTwoLivesHoweverFarTheWallClockMoves() {
        node.clock.setWall(Instant.EPOCH);
        node.settle();
        TestNode other = TestNode.alone(1, POOL);
        other.clock.setWall(Instant.EPOCH);
        other.settle();
        assertEquals(node.state().nextSequence(), other.state().nextSequence());
        Instant today = Instant.parse("2026-11-30T00:00:00Z");
        node.clock.setWall(today);
        node.settle();
        other.clock.setWall(today.plusSeconds(62));
        other.settle();
        long apart = other.state().nextSequence() - node.state().nextSequence();
        assertEquals(62_000_000, apart);
    }
}
