package io.croft.node.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.Workload;
import io.croft.core.block.Resting;
import io.croft.core.engine.Timings;
import io.croft.core.netns.SeenNetns;
import io.croft.core.pool.PoolMode;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Release;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Sandboxes that live on after their DEL, and looks that fail. */
class NetnsWatchTest {
    private static final Attachment POD = Some.attachment("a");

    private final TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
    private final Optional<SeenNetns> netns = node.inventory.create();

    private void addAndDelete(Optional<SeenNetns> in) {
        var workload = new Workload("ns", "pod", "uid", in);
        var add = new Allocate(POD, node.clock.now().boot(), AddressWish.NONE, workload, "");
        node.ask(add);
        assertTrue(node.ask(new Release(POD, node.clock.now().boot(), false)));
    }

    private boolean isVacated() {
        List<Resting> resting =
                node.state().blocks().stream()
                        .flatMap(block -> block.unvacated(0, 9).stream())
                        .toList();
        return resting.isEmpty();
    }

    @Test
    void vacatesWhatIsSeenGone() {
        addAndDelete(netns);
        node.pass(Duration.ofSeconds(5));
        assertFalse(isVacated());
        node.inventory.destroy(netns);
        node.pass(Duration.ofSeconds(5));
        assertTrue(isVacated());
    }

    @Test
    void restsOnAfterALookThatFailsWhereItWasSeenAliveJustBefore() {
        addAndDelete(netns);
        node.pass(Timings.UNSEEN_REST.plusMinutes(5));
        assertFalse(isVacated());
        node.inventory.blind();
        node.pass(Timings.UNSEEN_REST.minusSeconds(10));
        assertFalse(isVacated());
        node.pass(Duration.ofSeconds(20));
        assertTrue(isVacated());
    }

    @Test
    void restsOnWhileASearchFindsIt() {
        addAndDelete(netns);
        node.inventory.losePath(netns);
        node.pass(Timings.UNSEEN_REST.multipliedBy(3));
        assertFalse(isVacated());
        node.inventory.blind();
        node.inventory.destroy(netns);
        node.pass(Timings.UNSEEN_REST.plusSeconds(5));
        assertTrue(isVacated());
    }

    @Test
    void countsFromItsStartWhereANamespaceWasNamed() {
        node.inventory.blind();
        addAndDelete(netns);
        node.pass(Timings.UNSEEN_REST.minusMinutes(1));
        node.restart();
        node.settle();
        node.pass(Timings.UNSEEN_REST.minusSeconds(10));
        assertFalse(isVacated());
        node.pass(Duration.ofSeconds(20));
        assertTrue(isVacated());
    }

    @Test
    void countsFromTheReleaseWhereNoneWasNamed() {
        addAndDelete(Optional.empty());
        node.pass(Timings.UNSEEN_REST.minusMinutes(1));
        node.restart();
        node.settle();
        node.pass(Duration.ofMinutes(1).plusSeconds(5));
        assertTrue(isVacated());
        assertEquals(0, node.state().allocations().size());
    }
}
