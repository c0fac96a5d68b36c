package io.croft.node.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.croft.core.allocation.Workload;
import io.croft.core.engine.Event;
import io.croft.core.pool.PoolMode;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.node.port.Spool;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of DELs that were spooled while the agent was away. */
class SpoolReplayTest {
    /** More than a page. */
    private static final int MANY = 300;

    private final TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));

    private void addAndSpool(int count) {
        for (int i = 0; i < count; i++) {
            var pod = Some.attachment("pod-" + i);
            var began = node.clock.now().boot();
            node.ask(new Allocate(pod, began, AddressWish.NONE, Workload.UNKNOWN, ""));
        }
        for (int i = 0; i < count; i++) {
            spool(node.bootId(), i);
        }
    }

    private void spool(UUID boot, int number) {
        node.clock.advance(Duration.ofNanos(1));
        node.spool.entries.add(
                new Spool.Entry(
                        "entry-" + number,
                        boot,
                        node.clock.now().boot(),
                        Some.attachment("pod-" + number),
                        false));
    }

    @Test
    void takesOnePageAfterTheOther() {
        addAndSpool(MANY);
        node.pass(Duration.ofSeconds(10));
        assertEquals(List.of(), node.spool.entries);
        assertEquals(0, node.state().allocations().size());
    }

    @Test
    void goesOnBehindADelThatIsRefused() {
        addAndSpool(MANY);
        var first = Some.attachment("pod-0");
        node.journal.refused =
                event ->
                        event instanceof Event.Released(var attachment, long _, var _)
                                && attachment.equals(first);
        node.pass(Duration.ofSeconds(10));
        assertEquals(
                List.of("entry-0"), node.spool.entries.stream().map(Spool.Entry::name).toList());
        assertEquals(1, node.state().allocations().size());
        node.journal.refused = _ -> false;
        node.pass(Duration.ofSeconds(10));
        assertEquals(List.of(), node.spool.entries);
    }

    @Test
    void waitsAPeriodWhereAllAreRefused() {
        addAndSpool(MANY);
        node.journal.refused = Event.Released.class::isInstance;
        node.pass(Duration.ofSeconds(60));
        assertEquals(MANY, node.spool.entries.size());
        assertEquals(MANY, node.state().allocations().size());
    }

    @Test
    void dropsADelOfAnotherBoot() {
        addAndSpool(1);
        node.spool.entries.clear();
        spool(node.nonce(), 0);
        node.pass(Duration.ofSeconds(10));
        assertEquals(List.of(), node.spool.entries);
        assertEquals(1, node.state().allocations().size());
    }
}
