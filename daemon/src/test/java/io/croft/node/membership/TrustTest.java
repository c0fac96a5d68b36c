package io.croft.node.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Workload;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a journal may be believed without its store. */
class TrustTest {
    private final TestNode node = TestNode.alone(3, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));

    private Allocate add(String pod) {
        return new Allocate(
                Some.attachment(pod),
                node.clock.now().boot(),
                AddressWish.NONE,
                new Workload("ns", pod, "", node.inventory.create()),
                "");
    }

    @BeforeEach
    void servesAPod() {
        node.ask(add("first"));
        node.pass(Duration.ofSeconds(5));
    }

    @Test
    void believesTheJournalThatTheStoreConfirmedInThisBoot() {
        node.store.become(Weather.DOWN);
        node.restart();
        node.pass(Duration.ofSeconds(5));
        assertTrue(node.ask(add("second")).allocation().addresses().size() == 1);
        node.restart();
        node.pass(Duration.ofSeconds(5));
        assertTrue(node.ask(add("third")).allocation().addresses().size() == 1);
    }

    @Test
    void believesNothingAfterABootHoweverOftenTheAgentStarts() {
        node.store.become(Weather.DOWN);
        node.reboot();
        node.pass(Duration.ofSeconds(5));
        assertEquals(Reason.NOT_VALIDATED, node.refusal(add("second")).reason());
        node.restart();
        node.pass(Duration.ofSeconds(5));
        assertEquals(Reason.NOT_VALIDATED, node.refusal(add("third")).reason());
    }

    @Test
    void believesNothingAfterABootInAFrozenStoreHoweverOftenTheAgentStarts() {
        node.store.behind.freeze("drill").toCompletableFuture().join();
        node.reboot();
        node.pass(Duration.ofSeconds(60));
        assertEquals(Reason.NOT_VALIDATED, node.refusal(add("second")).reason());
        node.restart();
        node.pass(Duration.ofSeconds(60));
        assertEquals(Reason.NOT_VALIDATED, node.refusal(add("third")).reason());
    }

    @Test
    void servesFromTheJournalAtOnceWhenNothingOfTheStoreIsThere() {
        node.store.become(Weather.DOWN);
        node.restart();
        var answer = node.submit(add("second"));
        node.settle();
        assertTrue(answer.isDone());
        assertEquals(1, answer.join().allocation().addresses().size());
        assertTrue(node.heard.outages.contains("store begins"));
    }
}
