package io.croft.node.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Workload;
import io.croft.core.pool.PoolMode;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.ReleaseExact;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The sequence of an allocation is never another's, also where the journal forgot the first. */
final class SequencesTest {
    private final TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));

    private Allocation add() {
        var add =
                new Allocate(
                        Some.attachment("a"),
                        node.clock.now().boot(),
                        AddressWish.NONE,
                        Workload.UNKNOWN,
                        "");
        return node.ask(add).allocation();
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
    void leapOverThoseOfATimeThatWasWoundBack() {
        long next = node.state().nextSequence();
        long seconds = 100;
        node.clock.setWall(node.clock.now().wall().plusSeconds(seconds));
        node.settle();
        assertTrue(
                node.state().nextSequence() >= next + seconds * 1_000_000,
                next + " and then " + node.state().nextSequence());
    }
}
