package io.croft.node.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.time.BootTime;
import io.croft.testing.Pods;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolSyncTest {
    private static final Duration OUTAGE = Duration.ofMinutes(5);

    /** When the pools were read while the store is down. */
    private static List<BootTime> reads(long seed) {
        TestNode node = TestNode.alone(seed, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        node.pass(Duration.ofSeconds(5));
        node.store.become(Weather.DOWN);
        BootTime end = node.clock.now().boot().plus(OUTAGE);
        List<BootTime> reads = new ArrayList<>();
        int before = node.store.poolReads;
        while (node.clock.now().boot().isBefore(end)) {
            node.pass(Duration.ofMillis(100));
            if (node.store.poolReads > before) {
                reads.add(node.clock.now().boot());
                before = node.store.poolReads;
            }
        }
        return reads;
    }

    @Test
    void asksAStoreThatIsDownMoreAndMoreSeldom() {
        int reads = reads(1).size();
        assertTrue(reads > 15 && reads < 60, () -> reads + " in " + OUTAGE);
    }

    @Test
    void asksAStoreThatIsDownAtAnotherTimeThanOtherNodes() {
        assertNotEquals(reads(1), reads(2));
    }

    @Test
    void readsThePoolsAsSoonAsTheStoreAnswersAgain() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        node.store.become(Weather.DOWN);
        node.restart();
        node.pass(OUTAGE);
        node.store
                .behind
                .change(set -> set.create(Some.pool("q", "10.1.0.0/16", PoolMode.ROUTED)))
                .toCompletableFuture()
                .join();
        node.store.become(Weather.FINE);
        for (int i = 0; i < 600 && node.registration().storeState().isEmpty(); i++) {
            node.pass(Duration.ofMillis(100));
        }
        assertTrue(node.registration().storeState().isPresent(), "it is back in the store");
        assertTrue(node.state().pool("q").isPresent());
    }

    @Test
    void keepsTheBlocksOfAPoolWhoseRecordSomebodyEdited() {
        Pool pool = Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED);
        TestNode node = TestNode.alone(1, pool);
        String given = Pods.start(node, "pod").toString();
        Pool smaller = Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED, 30, Some.DEFAULT);
        node.change(set ->
                new PoolSet(
                        set.revision() + 1,
                        Map.of("p", new StoredPool(smaller, 2, 256)),
                        set.external()));
        node.pass(Duration.ofMinutes(1));
        assertEquals(pool, node.state().pool("p").orElseThrow());
        for (int i = 0; i < 100; i++) {
            assertNotEquals(given, Pods.start(node, "more" + i).toString());
        }
        node.restart();
        node.pass(Duration.ofMinutes(1));
        assertEquals(pool, node.state().pool("p").orElseThrow());
    }
}
