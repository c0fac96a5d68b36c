package io.croft.node.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.Block;
import io.croft.core.pool.Access;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.AddressWish;
import io.croft.node.port.StoreState;
import io.croft.testing.Pods;
import io.croft.testing.Some;
import io.croft.testing.TestCluster;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A store that was put back from a copy under nodes that go on. */
class RestoredStoreTest {
    private static final Pool POOL =
            Some.pool("p", "10.0.0.0/20", PoolMode.ROUTED, 29, Some.DEFAULT);
    private static final Pool TEAM =
            Some.pool("team", "10.9.0.0/24", PoolMode.ROUTED, 29, Access.OPEN);

    private final TestCluster cluster = new TestCluster(POOL);

    private static void start(TestNode node, int from, int to) {
        for (int i = from; i < to; i++) {
            Pods.start(node, "pod-" + i);
        }
    }

    private boolean isFrozen() {
        return cluster.store.check().toCompletableFuture().join().frozen();
    }

    private void unfreeze() {
        cluster.store.unfreeze();
        cluster.pass(Duration.ofSeconds(60));
    }

    private void assertAllServe() {
        for (TestNode node : List.copyOf(cluster.nodes)) {
            for (int i = 0; i < 20; i++) {
                Pods.start(node, "after-" + i);
            }
        }
        cluster.assertNoDuplicates();
        cluster.assertOwnedAsInTheStore();
    }

    @Test
    void freezesItBeforeAnybodyClaimsAndTellsItWhatItDoesNotKnow() {
        List<TestNode> old = cluster.join("node-", 6);
        old.forEach(node -> start(node, 0, 10));
        cluster.pass(Duration.ofSeconds(5));
        Runnable backup = cluster.store.backup();
        List<TestNode> young = cluster.join("young-", 4);
        old.forEach(node -> start(node, 10, 30));
        young.forEach(node -> start(node, 0, 20));
        cluster.store.change(set -> set.create(TEAM)).toCompletableFuture().join();
        cluster.pass(Duration.ofSeconds(60));
        var wish = new AddressWish(List.of("team"), List.of());
        young.forEach(node -> node.ask(Pods.add(node, "team", wish)));
        long held = cluster.held();

        backup.run();
        cluster.pass(Duration.ofSeconds(15));
        assertTrue(isFrozen());
        assertEquals(1, cluster.store.proofs().size());
        assertEquals(10, cluster.store.asserted().size());
        assertEquals(TEAM, cluster.store.read().toCompletableFuture().join().get("team").pool());
        cluster.pass(Duration.ofMinutes(5));
        assertEquals(held, cluster.held());
        old.forEach(node -> assertFalse(node.state().pool("p").isEmpty()));
        // Serving goes on from what is there.
        old.forEach(node -> Pods.stop(node, "pod-0"));
        cluster.assertNoDuplicates();
        cluster.assertOwnedAsInTheStore();

        unfreeze();
        assertEquals(StoreState.serving(2), cluster.store.check().toCompletableFuture().join());
        assertAllServe();
        assertEquals(1, cluster.store.proofs().size());
        assertTrue(young.getFirst().state().pool("team").isPresent());
    }

    @Test
    void freezesAStoreOfAGenerationThatItsJournalOutlived() {
        List<TestNode> nodes = cluster.join("node-", 2);
        cluster.pass(Duration.ofSeconds(5));
        Runnable backup = cluster.store.backup();
        cluster.store.freeze("drill").toCompletableFuture().join();
        cluster.pass(Duration.ofSeconds(60));
        unfreeze();
        start(nodes.getFirst(), 0, 60);
        cluster.pass(Duration.ofSeconds(60));
        backup.run();
        nodes.forEach(TestNode::restart);
        cluster.pass(Duration.ofSeconds(60));
        assertTrue(isFrozen());
        assertTrue(
                cluster.store.proofs().getLast().contains("generation 2, and it shows 1"),
                cluster.store.proofs()::toString);
        unfreeze();
        assertEquals(StoreState.serving(3), cluster.store.check().toCompletableFuture().join());
        assertAllServe();
    }

    @Test
    void servesNothingAfterABootBeforeItIsUnfrozen() {
        List<TestNode> nodes = cluster.join("node-", 3);
        Runnable backup = cluster.store.backup();
        nodes.forEach(node -> start(node, 0, 20));
        backup.run();
        cluster.pass(Duration.ofSeconds(15));
        TestNode booted = nodes.getFirst();
        booted.reboot();
        cluster.pass(Duration.ofSeconds(60));
        assertTrue(booted.state().blocks().stream().noneMatch(Block::isOwned));
        assertEquals(Reason.NOT_VALIDATED, booted.refusal(Pods.add(booted, "new")).reason());
        assertTrue(cluster.store.asserted().contains(booted.install()));
        unfreeze();
        assertAllServe();
    }

    @Test
    void servesFromATrustedJournalWhenItStartsInAFrozenStore() {
        List<TestNode> nodes = cluster.join("node-", 3);
        nodes.forEach(node -> start(node, 0, 20));
        cluster.pass(Duration.ofSeconds(5));
        cluster.store.freeze("drill").toCompletableFuture().join();
        TestNode again = nodes.getFirst();
        again.restart();
        var early = again.submit(Pods.add(again, "early"));
        again.settle();
        assertFalse(early.isDone(), "the answer of a frozen store counts as none");
        cluster.pass(Duration.ofSeconds(2));
        Pods.given(early.join());
        assertTrue(again.registration().registrant().isEmpty());
        unfreeze();
        assertAllServe();
    }

    @Test
    void noticesAFreezeBySomebodyElse() {
        TestNode node = cluster.join("node");
        start(node, 0, 5);
        cluster.pass(Duration.ofSeconds(5));
        cluster.store.freeze("drill").toCompletableFuture().join();
        cluster.pass(Duration.ofSeconds(60));
        assertTrue(cluster.store.asserted().contains(node.install()));
        assertTrue(node.heard.outages.contains("frozen begins"));
        unfreeze();
        assertTrue(node.heard.outages.contains("frozen ends"));
        assertAllServe();
    }

    @Test
    void neverFreezesAgainForANodeThatWasOffMeanwhile() {
        List<TestNode> nodes = cluster.join("node-", 3);
        Runnable backup = cluster.store.backup();
        nodes.forEach(node -> start(node, 0, 20));
        cluster.pass(Duration.ofSeconds(5));
        TestNode off = nodes.getFirst();
        cluster.remove(off);
        backup.run();
        cluster.pass(Duration.ofSeconds(15));
        assertTrue(isFrozen());
        // The operator's word: off, and so are its pods.
        unfreeze();
        cluster.nodes.forEach(node -> start(node, 20, 60));
        off.reboot();
        cluster.nodes.add(off);
        cluster.pass(Duration.ofSeconds(60));
        assertFalse(isFrozen());
        assertEquals(1, cluster.store.proofs().size());
        off.reboot();
        cluster.pass(Duration.ofSeconds(60));
        assertEquals(1, cluster.store.proofs().size());
        assertAllServe();
    }

    @Test
    void tellsAllAlsoWhenAnswersAreLostAtAnyStep() {
        for (int seed = 1; seed <= 12; seed++) {
            var some = new TestCluster(POOL);
            List<TestNode> nodes = some.join("node-", 3);
            Runnable backup = some.store.backup();
            nodes.forEach(node -> start(node, 0, 20));
            var chance = new Random(seed);
            nodes.forEach(node ->
                    node.store.beforeEachCall(() ->
                            node.store.become(
                                    switch (chance.nextInt(4)) {
                                        case 0 -> Weather.ANSWER_LOST;
                                        case 1 -> Weather.DOWN;
                                        default -> Weather.FINE;
                                    })));
            backup.run();
            some.pass(Duration.ofMinutes(10));
            nodes.forEach(node -> {
                node.store.beforeEachCall(() -> {});
                node.store.become(Weather.FINE);
            });
            some.pass(Duration.ofSeconds(60));
            assertEquals(3, some.store.asserted().size(), "seed " + seed);
            some.assertOwnedAsInTheStore();
            some.store.unfreeze();
            some.pass(Duration.ofSeconds(60));
            nodes.forEach(node -> start(node, 20, 40));
            some.assertNoDuplicates();
            some.assertOwnedAsInTheStore();
        }
    }

    @Test
    void givesNoMoreFromABlockThatAnotherOwnsUnderAHigherToken() {
        List<TestNode> nodes = cluster.join("node-", 2);
        nodes.forEach(node -> start(node, 0, 3));
        TestNode node = nodes.getFirst();
        Block mine = node.state().blocks().iterator().next();
        cluster.store.freeze("drill").toCompletableFuture().join();
        var other = nodes.getLast().registration().registrant().orElseThrow();
        cluster.store.reassert(mine.id(), Some.token(99), other).toCompletableFuture().join();
        cluster.pass(Duration.ofSeconds(60));
        assertFalse(node.state().block(mine.id()).orElseThrow().isOwned());
        unfreeze();
        assertFalse(node.state().block(mine.id()).orElseThrow().isOwned());
        assertFalse(isFrozen());
    }

    @Test
    void saysThatItHoldsAddressesInAPoolThatWasGivenAway() {
        TestNode node = cluster.join("node");
        cluster.pass(Duration.ofSeconds(5));
        Runnable backup = cluster.store.backup();
        cluster.store.change(set -> set.create(TEAM)).toCompletableFuture().join();
        cluster.pass(Duration.ofSeconds(60));
        var wish = new AddressWish(List.of("team"), List.of());
        node.ask(Pods.add(node, "team", wish));
        backup.run();
        Pool other = Some.pool("other", "10.9.0.0/25", PoolMode.ROUTED, 29, Access.OPEN);
        cluster.store.change(set -> set.create(other)).toCompletableFuture().join();
        cluster.store.freeze("drill").toCompletableFuture().join();
        cluster.pass(Duration.ofSeconds(60));
        assertEquals(List.of("team"), cluster.store.givenUp(node.install()));
        Pods.stop(node, "team");
        cluster.store.loseLinks();
        cluster.pass(Duration.ofSeconds(60));
        assertEquals(List.of(), cluster.store.givenUp(node.install()));
    }
}
