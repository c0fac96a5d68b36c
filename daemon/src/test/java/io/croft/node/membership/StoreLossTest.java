package io.croft.node.membership;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.pool.PoolMode;
import io.croft.testing.Some;
import io.croft.testing.TestCluster;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The link to a store that was lost, and is there again. */
class StoreLossTest {
    private final TestCluster cluster =
            new TestCluster(Some.pool("p", "10.0.0.0/20", PoolMode.ROUTED, 29, Some.DEFAULT));

    private void assertWaitsOnceTheStoreIsBack(TestNode node) {
        node.store.become(Weather.FINE);
        cluster.pass(Duration.ofSeconds(16));
        assertTrue(node.registration().storeState().isPresent(), "it is back in the store");
        assertTrue(node.registration().registrant().isEmpty());
        cluster.pass(Duration.ofSeconds(30));
        assertTrue(node.registration().registrant().isPresent());
    }

    @Test
    void claimsNothingForAWhileAfterTheLossOfTheStore() {
        TestNode node = cluster.join("node");
        cluster.pass(Duration.ofSeconds(5));
        node.store.become(Weather.DOWN);
        cluster.store.loseLinks();
        cluster.pass(Duration.ofSeconds(60));
        assertWaitsOnceTheStoreIsBack(node);
    }

    @Test
    void claimsNothingForAWhileWhereItStartedWithoutTheStore() {
        TestNode node = cluster.join("node");
        cluster.pass(Duration.ofSeconds(5));
        node.store.become(Weather.DOWN);
        node.restart();
        cluster.pass(Duration.ofSeconds(10));
        assertWaitsOnceTheStoreIsBack(node);
    }

    @Test
    void claimsAtOnceAfterItsFirstStart() {
        var node = new TestNode("node", 1, cluster.store);
        node.store.become(Weather.DOWN);
        cluster.nodes.add(node);
        cluster.pass(Duration.ofSeconds(10));
        node.store.become(Weather.FINE);
        cluster.pass(Duration.ofSeconds(16));
        assertTrue(node.registration().registrant().isPresent());
    }

    @Test
    void claimsAtOnceAfterTheLossOfOneMember() {
        TestNode node = cluster.join("node");
        cluster.pass(Duration.ofSeconds(5));
        cluster.store.loseLinks();
        cluster.pass(Duration.ofSeconds(1));
        assertTrue(node.registration().registrant().isPresent());
    }

    @Test
    void asksNoFasterWhenEveryFailureIsALossOfTheLink() {
        TestNode node = cluster.join("node");
        cluster.pass(Duration.ofSeconds(5));
        int[] calls = new int[1];
        node.store.become(Weather.DOWN);
        node.store.beforeEachCall(() -> {
            calls[0]++;
            cluster.store.loseLinks();
        });
        cluster.pass(Duration.ofMinutes(5));
        assertTrue(calls[0] > 10 && calls[0] < 400, "calls " + calls[0]);
        node.store.beforeEachCall(() -> {});
        node.store.become(Weather.FINE);
        cluster.pass(Duration.ofSeconds(60));
        assertTrue(node.registration().registrant().isPresent());
    }
}
