package io.croft.node.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.Cause;
import io.croft.core.ownership.QuarantineBlock;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.serving.Release;
import io.croft.testing.Pods;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** How a node leaves its cluster. */
class LeavingTest {
    private static final Pool POOL = Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED);

    @Test
    void refusesWhileAnAddressIsHeldAndServesOn() {
        TestNode node = TestNode.alone(1, POOL);
        Pods.start(node, "pod");
        var left = node.leaving().begin().toCompletableFuture();
        node.settle();
        var failed = assertThrows(CompletionException.class, left::join);
        var why = assertInstanceOf(RejectedException.class, failed.getCause()).rejection();
        assertEquals(Reason.NODE_NOT_EMPTY, why.reason());
        assertEquals("node \"node-a\" holds 1 addresses", why.message());
        Pods.start(node, "another");
    }

    @Test
    void givesAllBackAfterTheShortestCooldownAndServesNothingMore() {
        TestNode node = TestNode.alone(1, POOL);
        Pods.start(node, "pod");
        Pods.stop(node, "pod");
        var left = node.leaving().begin().toCompletableFuture();
        node.pass(Duration.ofSeconds(25));
        assertFalse(left.isDone(), "it cools");
        node.pass(Duration.ofSeconds(20));
        assertTrue(left.join());
        assertEquals(
                Map.of(), node.store.behind.owned(node.install()).toCompletableFuture().join());
        assertEquals(List.of(), node.store.behind.membersOf("node-a").toCompletableFuture().join());
        assertEquals(Reason.AGENT_STOPPING, node.refusal(Pods.add(node, "more")).reason());
        assertEquals("this node left the cluster", node.registration().hindrance().orElseThrow());
        node.pass(Duration.ofMinutes(5));
        assertEquals(0, node.state().blocks().size());
        assertTrue(settled(node), "once more");
    }

    private static boolean settled(TestNode node) {
        var again = node.leaving().begin().toCompletableFuture();
        node.settle();
        return again.join();
    }

    @Test
    void waitsForAnAddressWhoseFormerPodStillLives() {
        TestNode node = TestNode.alone(1, POOL);
        Pods.start(node, "pod");
        node.ask(new Release(Some.attachment("pod"), node.clock.now().boot(), false));
        var left = node.leaving().begin().toCompletableFuture();
        node.pass(Duration.ofHours(1));
        assertFalse(left.isDone());
    }

    @Test
    void leavesAlsoWhenAnswersAreLost() {
        TestNode node = TestNode.alone(1, POOL);
        node.pass(Duration.ofSeconds(3));
        node.store.become(Weather.ANSWER_LOST);
        var left = node.leaving().begin().toCompletableFuture();
        node.pass(Duration.ofSeconds(10));
        node.store.become(Weather.FINE);
        node.pass(Duration.ofSeconds(60));
        assertTrue(left.join());
        assertEquals(List.of(), node.store.behind.membersOf("node-a").toCompletableFuture().join());
    }

    @Test
    void joinsAgainAtTheNextStart() {
        TestNode node = TestNode.alone(1, POOL);
        var left = node.leaving().begin().toCompletableFuture();
        node.pass(Duration.ofSeconds(5));
        assertTrue(left.join());
        node.restart();
        node.pass(Duration.ofSeconds(5));
        Pods.start(node, "pod");
    }

    @Test
    void refusesWhileABlockIsQuarantinedAndLeavesAfterAReboot() {
        TestNode node = TestNode.alone(1, POOL);
        node.pass(Duration.ofSeconds(3));
        var block = node.state().blocks().iterator().next().id();
        node.ask(new QuarantineBlock(block, Cause.VIOLATION));
        var left = node.leaving().begin().toCompletableFuture();
        node.pass(Duration.ofSeconds(3));
        var failed = assertThrows(CompletionException.class, left::join);
        var why = assertInstanceOf(RejectedException.class, failed.getCause()).rejection();
        assertEquals(Reason.NODE_NOT_EMPTY, why.reason());
        assertTrue(why.message().contains("quarantined"), why::message);
        assertTrue(why.remedy().contains("reboot"), why::remedy);
        node.reboot();
        node.pass(Duration.ofMinutes(1));
        var again = node.leaving().begin().toCompletableFuture();
        node.pass(Duration.ofSeconds(10));
        assertTrue(again.join());
    }
}
