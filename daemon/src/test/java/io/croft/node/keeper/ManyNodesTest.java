package io.croft.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.pool.Access;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Grant;
import io.croft.testing.Pods;
import io.croft.testing.Some;
import io.croft.testing.TestCluster;
import io.croft.testing.TestNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** How nodes that share a pool come by its blocks. */
class ManyNodesTest {
    private static final Pool SMALL = Some.pool("p", "10.0.0.0/24", PoolMode.ROUTED);

    private static Reason reason(CompletableFuture<?> answer) {
        var failed = assertThrows(CompletionException.class, answer::join);
        return assertInstanceOf(RejectedException.class, failed.getCause()).rejection().reason();
    }

    /** A runtime that tries again every ten seconds until all pods run. */
    private static void startAll(TestCluster cluster, Deque<String> pods, List<TestNode> at) {
        for (int round = 0; round < 60 && !pods.isEmpty(); round++) {
            List<String> names = new ArrayList<>(pods);
            List<CompletableFuture<Grant>> answers = new ArrayList<>();
            for (String pod : names) {
                TestNode node = at.get(Math.floorMod(pod.hashCode(), at.size()));
                answers.add(node.submit(Pods.add(node, pod)));
            }
            cluster.pass(Duration.ofSeconds(10));
            for (int i = 0; i < names.size(); i++) {
                if (!answers.get(i).isCompletedExceptionally()) {
                    assertTrue(answers.get(i).isDone());
                    pods.remove(names.get(i));
                }
            }
        }
    }

    private static Deque<String> names(int count) {
        Deque<String> pods = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            pods.add("pod-" + i);
        }
        return pods;
    }

    @Test
    void givesNearlyAllOfASmallPoolThatManyNodesShare() {
        var cluster = new TestCluster(SMALL);
        cluster.join("node-", 200);
        cluster.pass(Duration.ofMinutes(2));
        Deque<String> pods = names(250);
        // Few nodes want much, and all others stand by with a share of their own.
        startAll(cluster, pods, cluster.nodes.subList(0, 5));
        assertEquals(List.of(), List.copyOf(pods));
        assertTrue(cluster.held() >= 256 * 95 / 100);
        cluster.assertNoDuplicates();
        cluster.assertOwnedAsInTheStore();
    }

    @Test
    void givesEachOfTheLastBlocksOnceAndTellsTheOthersThatThereIsNone() {
        var cluster =
                new TestCluster(Some.pool("p", "10.0.0.0/28", PoolMode.ROUTED, 32, Some.DEFAULT));
        cluster.join("node-", 32);
        List<CompletableFuture<Grant>> answers = new ArrayList<>();
        for (TestNode node : cluster.nodes) {
            answers.add(node.submit(Pods.add(node, "pod")));
        }
        cluster.pass(Duration.ofSeconds(6));
        assertEquals(16, cluster.held());
        cluster.assertNoDuplicates();
        cluster.assertOwnedAsInTheStore();
        long told =
                answers.stream()
                        .filter(CompletableFuture::isCompletedExceptionally)
                        .filter(answer -> reason(answer) == Reason.POOL_EXHAUSTED)
                        .count();
        assertEquals(16, told);
    }

    /** Calls of one claim: pages and claims. */
    private static long roundTrips(TestNode node, Runnable claim) {
        long[] calls = new long[1];
        long before = node.store.pages;
        long sent = node.store.sent.size();
        claim.run();
        calls[0] = node.store.pages - before + node.store.sent.size() - sent;
        return calls[0];
    }

    @Test
    void claimsWithOneCallWhereMostIsFree() {
        var cluster = new TestCluster(Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        long calls = 0;
        for (TestNode node : cluster.join("node-", 20)) {
            calls += roundTrips(node, () -> node.pass(Duration.ofSeconds(3)));
        }
        assertTrue(calls <= 25, "calls " + calls);
    }

    @Test
    void claimsWithThreeCallsWhereNearlyAllIsTaken() {
        var pool =
                Some.limited(Some.pool("p", "10.0.0.0/22", PoolMode.ROUTED, 32, Some.DEFAULT), 1);
        var cluster = new TestCluster(pool);
        var full = cluster.join("full").registration().registrant().orElseThrow();
        for (int i = 0; i < 1024; i++) {
            var block = new BlockId(pool.id(), pool.block(i));
            if (i % 100 != 50) {
                cluster.store.claim(
                        new ClaimIntent(block, Optional.empty(), Optional.empty(), Some.token(1)),
                        full);
            }
        }
        cluster.store.change(set -> set.widen(pool.id(), 256).widen(pool.id(), 512));
        long most = 0;
        for (TestNode node : cluster.join("node-", 3)) {
            Grant grant = node.ask(Pods.add(node, "a"));
            var given = grant.allocation().addresses().getFirst().block();
            long claims =
                    node.store.sent.stream()
                            .takeWhile(sent ->
                                    !(sent instanceof ClaimIntent intent)
                                            || !intent.block().equals(given))
                            .count();
            most = Math.max(most, node.store.pages + claims + 1);
        }
        assertTrue(most <= 3, "calls " + most);
    }

    @Test
    void widensTheSpanBeforeAPoolIsCrowded() {
        var pool = Some.pool("p", "10.0.0.0/20", PoolMode.ROUTED, 32, Some.DEFAULT);
        var cluster = new TestCluster(pool);
        TestNode node = cluster.join("node");
        for (int i = 0; i < 600; i++) {
            node.ask(Pods.add(node, "pod-" + i));
        }
        long span = cluster.store.read().toCompletableFuture().join().get("p").span();
        assertTrue(span >= 1024 && span <= 2048, "span " + span);
    }

    @Test
    void losesNoBlockWhenAThousandNodesComeAndGo() {
        Pool pool = Some.pool("p", "10.0.0.0/18", PoolMode.ROUTED);
        var cluster = new TestCluster(pool);
        var random = new Random(1);
        int joined = 0;
        for (int second = 0; second < 3600; second++) {
            if (second % 10 < 3 && joined < 1000) {
                TestNode node = cluster.join("node-" + joined++);
                var _ = node.submit(Pods.add(node, "pod"));
            }
            if (cluster.nodes.size() > 60) {
                leave(cluster, cluster.nodes.get(random.nextInt(cluster.nodes.size() - 3)));
            }
            cluster.pass(Duration.ofSeconds(1));
        }
        assertEquals(1000, joined);
        cluster.assertNoDuplicates();
        cluster.assertOwnedAsInTheStore();
        while (!cluster.nodes.isEmpty()) {
            leave(cluster, cluster.nodes.getFirst());
        }
        long owned =
                cluster
                        .store
                        .page(pool, 0, 1000)
                        .toCompletableFuture()
                        .join()
                        .owners()
                        .values()
                        .stream()
                        .filter(owner -> owner.install().isPresent())
                        .count();
        assertEquals(0, owned);
    }

    private static void leave(TestCluster cluster, TestNode node) {
        Pods.stop(node, "pod");
        var left = node.leaving().begin().toCompletableFuture();
        for (int i = 0; i < 60 && !left.isDone(); i++) {
            node.pass(Duration.ofSeconds(1));
        }
        assertTrue(left.join());
        cluster.remove(node);
    }

    @Test
    void servesOneFamilyWhileTheOtherIsExhausted() {
        var four = Some.pool("four", "10.0.0.0/30", PoolMode.ROUTED, 32, Access.OPEN);
        var six = Some.pool("six", "fd00::/112", PoolMode.ROUTED, 122, Access.OPEN);
        var cluster = new TestCluster(four, six);
        TestNode node = cluster.join("node");
        var both = new AddressWish(List.of("four", "six"), List.of());
        for (int i = 0; i < 4; i++) {
            node.ask(Pods.add(node, "both-" + i, both));
        }
        var why = node.refusal(Pods.add(node, "one-more", both));
        assertEquals(Reason.POOL_EXHAUSTED, why.reason());
        assertEquals("pool \"four\" 10.0.0.0/30: 4 of 4 held, 0 resting", why.message());
        var only = new AddressWish(List.of("six"), List.of());
        for (int i = 0; i < 200; i++) {
            node.ask(Pods.add(node, "six-" + i, only));
        }
        assertTrue(node.state().blocks(six.id()).size() > 3);
    }

    @Test
    void neitherClaimsNorReturnsMuchUnderASawtooth() {
        var pool = Some.pool("p", "10.0.0.0/20", PoolMode.ROUTED, 29, Some.DEFAULT);
        var cluster = new TestCluster(pool);
        TestNode node = cluster.join("node");
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 30; i++) {
                Pods.start(node, "pod-" + i);
            }
            cluster.pass(Duration.ofMinutes(3));
            for (int i = 0; i < 30; i++) {
                Pods.stop(node, "pod-" + i);
            }
            cluster.pass(Duration.ofMinutes(3));
        }
        long claims = node.store.sent.stream().filter(ClaimIntent.class::isInstance).count();
        long returns = node.store.sent.size() - claims;
        assertTrue(claims <= 16, "claims " + claims);
        assertTrue(returns <= 2, "returns " + returns);
        assertTrue(node.state().blocks().stream().allMatch(Block::isOwned));
    }
}
