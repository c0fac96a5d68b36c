package io.croft.node.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.ownership.QuarantineBlock;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.testing.Pods;
import io.croft.testing.Some;
import io.croft.testing.TestCluster;
import io.croft.testing.TestNode;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Blocks that were quarantined as another's, and what becomes of them without pods. */
class GivenBackBlockTest {
    private static final Pool POOL =
            Some.pool("p", "10.0.0.0/20", PoolMode.ROUTED, 29, Some.DEFAULT);

    private final TestCluster cluster = new TestCluster(POOL);

    /**
     * A block that the frozen store showed as another's when this node spoke, and which is its own
     * in the end.
     */
    private Block givenBack(TestNode node) {
        Pods.start(node, "pod");
        BlockId id = node.state().allocations().iterator().next().addresses().getFirst().block();
        node.ask(new QuarantineBlock(id, Cause.FOREIGN_TOKEN));
        return node.state().block(id).orElseThrow();
    }

    @Test
    void returnsABlockThatWasGivenBackToItOnceItsPodsAreGone() {
        TestNode node = cluster.join("node-", 1).getFirst();
        Block block = givenBack(node);
        cluster.pass(Duration.ofMinutes(5));
        assertInstanceOf(Quarantined.class, block.ownership(), "its pod lives");
        Pods.stop(node, "pod");
        cluster.pass(Duration.ofMinutes(5));
        assertTrue(node.state().block(block.id()).isEmpty());
        assertEquals(
                Optional.empty(),
                cluster.store
                        .read(block.id())
                        .toCompletableFuture()
                        .join()
                        .orElseThrow()
                        .install());
        long incarnation = node.state().incarnation().orElseThrow().incarnation();
        cluster.pass(Duration.ofMinutes(10));
        assertEquals(incarnation, node.state().incarnation().orElseThrow().incarnation());
    }

    @Test
    void forgetsABlockThatIsAnothersOnceItsPodsAreGone() {
        TestNode node = cluster.join("node-", 1).getFirst();
        Block block = givenBack(node);
        var token = ((Quarantined) block.ownership()).token();
        var me = node.registration().registrant().orElseThrow();
        cluster.store.giveBack(block.id(), token, me).toCompletableFuture().join();
        Pods.stop(node, "pod");
        int sent = node.store.sent.size();
        cluster.pass(Duration.ofMinutes(5));
        assertTrue(node.state().block(block.id()).isEmpty());
        assertFalse(node.store.sent.subList(sent, node.store.sent.size()).contains(block.id()));
    }

    @Test
    void leavesAlsoWithABlockThatWasGivenBackToIt() {
        TestNode node = cluster.join("node-", 1).getFirst();
        givenBack(node);
        Pods.stop(node, "pod");
        cluster.pass(Duration.ofMinutes(5));
        var left = node.leaving().begin().toCompletableFuture();
        cluster.pass(Duration.ofMinutes(5));
        assertTrue(left.join());
    }
}
