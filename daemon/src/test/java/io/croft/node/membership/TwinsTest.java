package io.croft.node.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.Block;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.node.port.ClusterDirectory;
import io.croft.testing.Pods;
import io.croft.testing.Some;
import io.croft.testing.TestCluster;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Agents that want the same name, or come with a copy of the same journal. */
class TwinsTest {
    private static final Pool POOL = Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED);

    @Test
    void refusesANameWhoseAgentIsLiveAndGivesItWhenItsSignOfLifeLapses() {
        var cluster = new TestCluster(POOL);
        TestNode first = cluster.join("node");
        Pods.start(first, "pod");
        TestNode second = cluster.join("node");
        cluster.pass(Duration.ofSeconds(2));
        var why = second.refusal(Pods.add(second, "pod"));
        assertEquals(Reason.NODE_NAME_TAKEN, why.reason());
        assertTrue(second.registration().hindrance().orElseThrow().contains("the name is taken"));
        cluster.pass(Duration.ofMinutes(2));
        assertTrue(second.registration().registrant().isEmpty());
        assertTrue(first.registration().registrant().isPresent());
        assertEquals(
                1, second.heard.outages.stream().filter("registration begins"::equals).count());
        cluster.remove(first);
        cluster.pass(Duration.ofSeconds(70));
        assertTrue(second.registration().registrant().isPresent());
        Pods.start(second, "other");
        cluster.nodes.add(first);
        cluster.assertNoDuplicates();
    }

    @Test
    void waitsWithACopyOfAJournalWhileTheOriginalIsLiveInItsOwnBoot() {
        var cluster = new TestCluster(POOL);
        TestNode original = cluster.join("node");
        Pods.start(original, "pod");
        TestNode clone = cluster.copy(original);
        cluster.pass(Duration.ofMinutes(3));
        assertTrue(clone.registration().registrant().isEmpty());
        assertTrue(clone.state().blocks().stream().noneMatch(Block::isOwned));
        assertTrue(clone.registration().hindrance().orElseThrow().contains("live in another boot"));
        assertEquals(Reason.INSTALL_LIVE, clone.refusal(Pods.add(clone, "a")).reason());
        assertTrue(original.registration().registrant().isPresent());
    }

    @Test
    void supersedesTheOriginalThatComesBackAfterItsCopyTookOver() {
        var cluster = new TestCluster(POOL);
        TestNode original = cluster.join("node");
        cluster.pass(Duration.ofSeconds(3));
        TestNode clone = cluster.copy(original);
        original.store.become(Weather.DOWN);
        cluster.pass(Duration.ofMinutes(2));
        assertTrue(clone.registration().registrant().isPresent());
        Pods.start(clone, "pod");
        original.store.become(Weather.FINE);
        cluster.pass(Duration.ofSeconds(40));
        assertTrue(original.isSuperseded());
        String why = original.registration().hindrance().orElseThrow();
        assertTrue(why.startsWith("INSTALL_SUPERSEDED: "), why);
        assertTrue(why.endsWith(Reason.INSTALL_SUPERSEDED.remedy()), why);
        var answer = original.submit(Pods.add(original, "more"));
        cluster.pass(Duration.ofSeconds(6));
        assertTrue(answer.isCompletedExceptionally());
        assertTrue(original.state().blocks().stream().noneMatch(Block::isOwned));
        cluster.assertNoDuplicates();
        cluster.assertOwnedAsInTheStore();
    }

    @Test
    void servesNothingFromAJournalThatWasWoundBack() {
        var cluster = new TestCluster(POOL);
        TestNode node = cluster.join("node");
        Pods.start(node, "before");
        var snapshot = node.journal.copy();
        node.restart();
        cluster.pass(Duration.ofSeconds(60));
        Pods.start(node, "after");
        node.journal.putBack(snapshot);
        node.reboot();
        cluster.pass(Duration.ofMinutes(2));
        assertTrue(node.isSuperseded());
        assertTrue(node.state().blocks().stream().noneMatch(Block::isOwned));
    }

    @Test
    void gathersNothingOfAMachineWhoseNameItGot() {
        var cluster = new TestCluster(POOL);
        TestNode former = cluster.join("node");
        Pods.start(former, "pod");
        cluster.remove(former);
        TestNode successor = cluster.join("node");
        successor.hardware = "another machine";
        successor.loseJournal(false);
        successor.restart();
        cluster.pass(Duration.ofMinutes(15));
        Pods.start(successor, "pod");
        assertFalse(cluster.store.owned(former.install()).toCompletableFuture().join().isEmpty());
        cluster.nodes.add(former);
        cluster.assertNoDuplicates();
    }

    @Test
    void beginsAnewWithoutItsBlocksAfterItWasReclaimed() {
        var cluster = new TestCluster(POOL);
        TestNode node = cluster.join("node");
        Pods.start(node, "pod");
        var block = node.state().allocations().iterator().next().addresses().getFirst().block();
        node.store.become(Weather.DOWN);
        cluster.pass(Duration.ofMinutes(1));
        assertTrue(
                cluster.store
                                .reclaim("node", new ClusterDirectory.PoweredOff("operator", false))
                                .toCompletableFuture()
                                .join()
                        > 0);
        TestNode other = cluster.join("other");
        cluster.pass(Duration.ofMinutes(1));
        for (int i = 0; i < 200; i++) {
            Pods.start(other, "pod-" + i);
        }
        node.store.become(Weather.FINE);
        cluster.pass(Duration.ofSeconds(60));
        assertFalse(node.isSuperseded());
        assertTrue(node.registration().registrant().isPresent());
        assertFalse(node.state().block(block).orElseThrow().isOwned());
        Pods.start(node, "second");
        Pods.stop(node, "pod");
        cluster.pass(Duration.ofSeconds(60));
        cluster.assertNoDuplicates();
        cluster.assertOwnedAsInTheStore();
        assertEquals(0, cluster.store.proofs().size());
    }

    @Test
    void forgetsEmptyBlocksThatWereReclaimedWhileItWasOff() {
        var cluster = new TestCluster(POOL);
        TestNode node = cluster.join("node");
        cluster.pass(Duration.ofSeconds(3));
        var before = node.state().blocks().stream().map(Block::id).toList();
        node.stop();
        cluster.store
                .reclaim("node", new ClusterDirectory.PoweredOff("operator", false))
                .toCompletableFuture()
                .join();
        node.reboot();
        node.settle();
        assertTrue(
                node.state().blocks().stream()
                        .noneMatch(b -> before.contains(b.id()) && !b.isOwned()));
        cluster.assertOwnedAsInTheStore();
    }

    /** The operator's word was wrong: the machine ran, and nobody finishes the reclaim. */
    @Test
    void givesNothingMoreWhileItsBlocksAreBeingReclaimed() {
        var cluster = new TestCluster(Some.pool("p", "10.0.0.0/28", PoolMode.ROUTED));
        TestNode node = cluster.join("node");
        Pods.start(node, "pod");
        node.store.become(Weather.DOWN);
        cluster.pass(Duration.ofSeconds(60));
        cluster.store.beginReclaim(node.install());
        node.store.become(Weather.FINE);
        cluster.pass(Duration.ofSeconds(40));
        assertTrue(node.state().blocks().stream().noneMatch(Block::isOwned));
        assertTrue(Pods.held(node, "pod").isPresent());
        node.restart();
        cluster.pass(Duration.ofSeconds(40));
        assertTrue(node.state().blocks().stream().noneMatch(Block::isOwned));
        Pods.stop(node, "pod");
        cluster.store.reclaim("node", new ClusterDirectory.PoweredOff("operator", false));
        cluster.pass(Duration.ofSeconds(60));
        Pods.start(node, "another");
        cluster.assertOwnedAsInTheStore();
        assertEquals(0, cluster.store.proofs().size());
    }
}
