package io.croft.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Workload;
import io.croft.core.block.Block;
import io.croft.core.block.ClaimIntent;
import io.croft.core.pool.Access;
import io.croft.core.pool.Glob;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Grant;
import io.croft.core.serving.Release;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a node comes by its blocks and gives them back. */
class BlockKeeperTest {
    private static final Pool POOL =
            Some.pool("p", "10.0.0.0/24", PoolMode.ROUTED, 29, Access.OPEN);
    private static final AddressWish WISH = new AddressWish(List.of("p"), List.of());

    private static Allocate add(TestNode node, String pod) {
        return new Allocate(
                Some.attachment(pod),
                node.clock.now().boot(),
                WISH,
                new Workload("ns", pod, "", node.inventory.create()),
                "");
    }

    private static void start(TestNode node, int pods) {
        for (int i = 0; i < pods; i++) {
            node.ask(add(node, "pod-" + i));
        }
    }

    private static void stop(TestNode node, int pods) {
        for (int i = 0; i < pods; i++) {
            var held = node.state().allocation(Some.attachment("pod-" + i)).orElseThrow();
            node.inventory.destroy(held.workload().netns());
            node.ask(new Release(held.attachment(), node.clock.now().boot(), false));
        }
    }

    private static long owned(TestNode node) {
        return node.state().blocks().stream().filter(Block::isOwned).count();
    }

    private static List<ClaimIntent> claims(TestNode node) {
        return node.store.sent.stream()
                .filter(ClaimIntent.class::isInstance)
                .map(ClaimIntent.class::cast)
                .toList();
    }

    @Test
    void claimsNothingInAPoolThatNobodyUses() {
        TestNode node = TestNode.alone(1, POOL);
        node.pass(Duration.ofMinutes(1));
        assertEquals(0, owned(node));
    }

    @Test
    void claimsNothingInADefaultPoolOfOtherNodes() {
        var edge = new Access(List.of(), List.of(new Glob("edge-*")), true, 0);
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED, 26, edge));
        node.pass(Duration.ofMinutes(1));
        assertEquals(0, owned(node));
    }

    @Test
    void givesIdleBlocksBackFiveMinutesAfterTheLoadIsForgotten() {
        TestNode node = TestNode.alone(1, POOL);
        start(node, 40);
        node.pass(Duration.ofSeconds(5));
        long busy = owned(node);
        stop(node, 40);
        node.pass(Duration.ofMinutes(4));
        assertTrue(owned(node) >= busy, "not before its time");
        node.pass(Duration.ofMinutes(30));
        assertEquals(0, owned(node));
        assertEquals(0, node.state().blocks().size());
    }

    @Test
    void neitherClaimsNorReturnsUnderALoadThatComesAndGoes() {
        TestNode node = TestNode.alone(1, POOL);
        for (int round = 0; round < 4; round++) {
            start(node, 20);
            node.pass(Duration.ofMinutes(1));
            stop(node, 20);
            node.pass(Duration.ofMinutes(3));
        }
        int sent = node.store.sent.size();
        for (int round = 0; round < 10; round++) {
            start(node, 20);
            node.pass(Duration.ofMinutes(1));
            stop(node, 20);
            node.pass(Duration.ofMinutes(3));
        }
        assertEquals(sent, node.store.sent.size());
    }

    @Test
    void givesTheBlocksOfADrainingPoolBackOnceTheyHaveCooled() {
        TestNode node = TestNode.alone(1, POOL);
        start(node, 10);
        node.change(set -> set.become("p", PoolState.DRAINING));
        assertEquals(Reason.POOL_PAUSED, node.refusal(add(node, "more")).reason());
        stop(node, 10);
        node.pass(Duration.ofMinutes(2));
        assertTrue(owned(node) > 0, "they cool");
        node.pass(Duration.ofSeconds(20));
        assertEquals(0, node.state().blocks().size());
        node.change(set -> set.delete("p"));
        node.pass(Duration.ofSeconds(40));
        assertEquals(0, node.state().pools().size());
    }

    @Test
    void keepsABlockWhoseFormerPodStillLives() {
        TestNode node = TestNode.alone(1, POOL);
        start(node, 1);
        node.ask(new Release(Some.attachment("pod-0"), node.clock.now().boot(), false));
        node.change(set -> set.become("p", PoolState.DRAINING));
        node.pass(Duration.ofHours(1));
        assertEquals(1, owned(node));
    }

    @Test
    void sendsTheIdenticalClaimAgainWhenItsAnswerIsLost() {
        TestNode node = TestNode.alone(1, POOL);
        node.store.beforeEachCall(() ->
                node.store.become(claims(node).size() == 1 ? Weather.ANSWER_LOST : Weather.FINE));
        Grant grant = node.ask(add(node, "a"));
        List<ClaimIntent> claims = claims(node);
        assertTrue(claims.size() >= 2);
        assertEquals(claims.get(0), claims.get(1));
        assertEquals(grant.allocation().addresses().getFirst().block(), claims.getFirst().block());
    }

    @Test
    void sendsTheIdenticalClaimAgainAfterARestart() {
        TestNode node = TestNode.alone(1, POOL);
        node.store.beforeEachCall(() -> {
            if (claims(node).size() == 1) {
                node.store.become(Weather.SILENT);
            }
        });
        var _ = node.submit(add(node, "a"));
        node.settle();
        ClaimIntent first = claims(node).getFirst();
        node.store.beforeEachCall(() -> {});
        node.store.become(Weather.FINE);
        node.restart();
        node.pass(Duration.ofSeconds(2));
        assertEquals(first, claims(node).get(1));
        assertTrue(node.state().block(first.block()).orElseThrow().isOwned());
    }

    @Test
    void neverSpeaksOfWhatIsNotCommitted() {
        TestNode node = TestNode.alone(1, POOL);
        node.store.beforeEachCall(() -> assertTrue(node.journal.isCommitted()));
        start(node, 60);
        stop(node, 60);
        node.pass(Duration.ofMinutes(40));
        assertFalse(node.store.sent.isEmpty());
        assertEquals(0, owned(node));
    }

    @Test
    void refusesWithNumbersAtThePoolsLimitOfBlocks() {
        TestNode node = TestNode.alone(1, Some.limited(POOL, 2));
        start(node, 16);
        var why = node.refusal(add(node, "one-more"));
        assertEquals(Reason.POOL_EXHAUSTED, why.reason());
        assertEquals(
                "pool \"p\" 10.0.0.0/24: this node may own no more than 2 blocks, and of this node's"
                        + " 16 addresses 16 are held, 0 resting",
                why.message());
    }

    @Test
    void claimsTheBlockOfARequestedAddress() {
        TestNode node = TestNode.alone(1, POOL);
        var wish = new AddressWish(List.of("p"), List.of(Some.address("10.0.0.77")));
        var request =
                new Allocate(
                        Some.attachment("a"), node.clock.now().boot(), wish, Workload.UNKNOWN, "");
        assertEquals(
                Some.address("10.0.0.77"),
                node.ask(request).allocation().addresses().getFirst().address());
        var other =
                new Allocate(
                        Some.attachment("b"), node.clock.now().boot(), wish, Workload.UNKNOWN, "");
        var why = node.refusal(other);
        assertEquals(Reason.ADDRESS_IN_USE, why.reason());
        assertTrue(why.message().contains("net/a/eth0"), why.message());
    }

    @Test
    void waitsWithoutSpinningWhileTheStoreOrTheJournalFails() {
        for (Weather weather : Set.of(Weather.DOWN, Weather.SILENT, Weather.ANSWER_LOST)) {
            for (boolean full : new boolean[] {false, true}) {
                TestNode node = TestNode.alone(1, POOL);
                node.store.become(weather);
                node.journal.full = full;
                var answer = node.submit(add(node, "a"));
                node.pass(Duration.ofSeconds(10));
                assertTrue(answer.isDone(), weather + " " + full);
                assertTrue(node.store.sent.size() < 20, "asked " + node.store.sent.size());
            }
        }
    }
}
