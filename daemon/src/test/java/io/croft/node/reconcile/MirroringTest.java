package io.croft.node.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.node.port.Mirror;
import io.croft.testing.Pods;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The copy of a node's addresses in the store. */
class MirroringTest {
    private static final Pool POOL = Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED);

    private static Optional<Mirror.Copy> copy(TestNode node) {
        return node.store.behind.copyOf(node.install()).toCompletableFuture().join();
    }

    @Test
    void copiesWhatIsHeldAtMostOnceAMinute() {
        TestNode node = TestNode.alone(1, POOL);
        node.pass(Duration.ofSeconds(1));
        var address = Pods.start(node, "pod");
        node.pass(Duration.ofSeconds(70));
        Mirror.Copy first = copy(node).orElseThrow();
        assertEquals("node-a", first.node());
        assertEquals(1, first.lines().size());
        assertEquals(
                new Mirror.Line(address.toString(), "p", "ns", "pod", "pod"),
                first.lines().getFirst());
        for (int i = 0; i < 10; i++) {
            Pods.start(node, "pod-" + i);
            node.pass(Duration.ofSeconds(1));
        }
        assertEquals(first, copy(node).orElseThrow());
        node.pass(Duration.ofSeconds(70));
        assertEquals(11, copy(node).orElseThrow().lines().size());
    }

    @Test
    void writesNothingWhileNothingChanges() {
        TestNode node = TestNode.alone(1, POOL);
        Pods.start(node, "pod");
        node.pass(Duration.ofMinutes(2));
        Mirror.Copy first = copy(node).orElseThrow();
        node.pass(Duration.ofMinutes(10));
        assertEquals(first.taken(), copy(node).orElseThrow().taken());
    }

    @Test
    void leavesOutWhatIsTooMuchAndSaysHowMuch() {
        TestNode node = TestNode.alone(1, POOL);
        for (int i = 0; i < 600; i++) {
            Pods.start(node, "pod-" + i);
        }
        node.pass(Duration.ofMinutes(2));
        Mirror.Copy copy = copy(node).orElseThrow();
        assertEquals(600, copy.lines().size() + copy.left());
        assertTrue(copy.left() > 0);
    }

    @Test
    void isNotRepeatedBeforeTheNextMinuteWhenItFails() {
        TestNode node = TestNode.alone(1, POOL);
        Pods.start(node, "pod");
        node.store.become(Weather.DOWN);
        node.pass(Duration.ofMinutes(2));
        assertTrue(copy(node).isEmpty());
        node.store.become(Weather.FINE);
        node.pass(Duration.ofMinutes(2));
        assertEquals(1, copy(node).orElseThrow().lines().size());
    }
}
