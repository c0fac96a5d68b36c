package io.croft.node.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.address.Address;
import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.node.port.Install;
import io.croft.testing.Pods;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a machine takes over from the lives that it had before. */
class InheritanceTest {
    private static final Pool POOL = Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED);

    private static TestNode nodeWithAPod() {
        TestNode node = TestNode.alone(7, POOL);
        Pods.start(node, "first");
        return node;
    }

    private static Set<BlockId> owned(TestNode node) {
        return node.state().blocks().stream()
                .filter(Block::isOwned)
                .map(Block::id)
                .collect(Collectors.toSet());
    }

    @Test
    void inheritsItsFormerBlocksAfterAWipeAndABoot() {
        TestNode node = nodeWithAPod();
        Set<BlockId> before = owned(node);
        UUID former = node.install();
        node.loseJournal(false);
        node.reboot();
        node.pass(Duration.ofSeconds(5));
        assertNotEquals(former, node.install());
        assertTrue(owned(node).containsAll(before));
        assertTrue(node.state().blocks().stream().allMatch(Block::isEmpty));
        assertEquals(Map.of(), node.store.behind.owned(former).toCompletableFuture().join());
    }

    @Test
    void inheritsAlsoWhenTheStoreFailsInBetween() {
        TestNode node = nodeWithAPod();
        UUID former = node.install();
        node.loseJournal(false);
        var chance = new Random(3);
        node.store.beforeEachCall(
                () -> node.store.become(chance.nextInt(3) == 0 ? Weather.DOWN : Weather.FINE));
        node.reboot();
        node.pass(Duration.ofMinutes(30));
        // What it inherits and does not need goes back to the pool later, so only this is for good.
        node.store.become(Weather.FINE);
        assertEquals(Map.of(), node.store.behind.owned(former).toCompletableFuture().join());
    }

    @Test
    void inheritsNothingInTheSameBoot() {
        TestNode node = nodeWithAPod();
        Set<BlockId> before = owned(node);
        node.loseJournal(true);
        node.restart();
        node.pass(Duration.ofMinutes(1));
        Address second = Pods.start(node, "second");
        assertTrue(before.stream().noneMatch(id -> id.cidr().contains(second)));
        assertTrue(owned(node).stream().noneMatch(before::contains));
    }

    @Test
    void inheritsAfterTheBootThatFollowsALostJournal() {
        TestNode node = nodeWithAPod();
        Set<BlockId> before = owned(node);
        node.loseJournal(true);
        node.restart();
        node.pass(Duration.ofMinutes(1));
        node.reboot();
        node.pass(Duration.ofMinutes(1));
        assertTrue(owned(node).containsAll(before));
    }

    @Test
    void inheritsNothingFromOtherHardware() {
        TestNode node = nodeWithAPod();
        Set<BlockId> before = owned(node);
        node.loseJournal(false);
        node.hardware = "another machine";
        node.reboot();
        node.pass(Duration.ofMinutes(15));
        assertTrue(owned(node).stream().noneMatch(before::contains));
    }

    @Test
    void waitsTenMinutesWhereTheHardwareIsKnownByItsMachineIdOnly() {
        TestNode node = nodeWithAPod();
        Set<BlockId> before = owned(node);
        node.loseJournal(false);
        node.weakIdentity = true;
        node.reboot();
        node.pass(Duration.ofMinutes(9));
        assertTrue(owned(node).stream().noneMatch(before::contains));
        node.pass(Duration.ofMinutes(2));
        assertTrue(owned(node).containsAll(before));
    }

    @Test
    void takesNothingFromAFormerInstallThatShowsSignsOfLife() {
        TestNode node = nodeWithAPod();
        Set<BlockId> before = owned(node);
        UUID former = node.install();
        var me = node.registration().registrant().orElseThrow();
        node.loseJournal(false);
        // Somebody else on the same hardware goes on with the former journal meanwhile.
        node.store.beforeEachCall(() -> {
            if (node.registration().registered().isPresent()) {
                node.store.behind.keepAlive(me).toCompletableFuture().join();
            }
        });
        node.reboot();
        node.pass(Duration.ofMinutes(10));
        assertEquals(before, node.store.behind.owned(former).toCompletableFuture().join().keySet());
    }

    @Test
    void takesOverItsOwnBlocksThatTheJournalDoesNotKnow() {
        TestNode node = nodeWithAPod();
        var me = node.registration().registrant().orElseThrow();
        BlockId unknown = new BlockId(POOL.id(), POOL.block(777));
        var intent = new ClaimIntent(unknown, Optional.empty(), Optional.empty(), Some.token(1));
        node.store.behind.claim(intent, me).toCompletableFuture().join();
        node.restart();
        node.pass(Duration.ofSeconds(5));
        assertTrue(owned(node).contains(unknown));
    }

    @Test
    void takesThemOverAlsoWhenItOnlyJoinedAnew() {
        TestNode node = nodeWithAPod();
        node.pass(Duration.ofMinutes(1));
        var me = node.registration().registrant().orElseThrow();
        BlockId unknown = new BlockId(POOL.id(), POOL.block(777));
        var intent = new ClaimIntent(unknown, Optional.empty(), Optional.empty(), Some.token(1));
        node.store.behind.claim(intent, me).toCompletableFuture().join();
        node.pass(Duration.ofMinutes(1));
        assertTrue(owned(node).stream().noneMatch(unknown::equals));
        node.store.behind.loseLinks();
        node.pass(Duration.ofSeconds(5));
        assertTrue(owned(node).contains(unknown));
    }

    @Test
    void forgetsAFormerInstallThatOwnsNothingAnyMore() {
        TestNode node = nodeWithAPod();
        UUID former = node.install();
        node.loseJournal(false);
        node.reboot();
        node.pass(Duration.ofSeconds(30));
        assertEquals(
                Set.of(node.install()),
                node.store.behind.ofNode("node-a").toCompletableFuture().join().stream()
                        .map(Install::id)
                        .collect(Collectors.toSet()));
        assertNotEquals(former, node.install());
    }

    @Test
    void forgetsNoFormerInstallOfThisBoot() {
        TestNode node = nodeWithAPod();
        UUID former = node.install();
        node.loseJournal(true);
        node.restart();
        node.pass(Duration.ofMinutes(1));
        assertTrue(node.store.behind.read(former).toCompletableFuture().join().isPresent());
    }
}
