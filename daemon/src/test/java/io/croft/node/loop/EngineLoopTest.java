package io.croft.node.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Attachment;
import io.croft.core.block.Resting;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.serving.Grant;
import io.croft.core.time.BootTime;
import io.croft.node.port.JournalFailedException;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Bounds, deadlines and failures of the loop. */
class EngineLoopTest {
    /** A node without a block, whose store is silent. */
    private static TestNode cold() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        node.store.become(Weather.SILENT);
        node.reboot();
        node.settle();
        return node;
    }

    private static Reason reason(CompletableFuture<?> answer) {
        var failed = assertThrows(CompletionException.class, answer::join);
        return assertInstanceOf(RejectedException.class, failed.getCause()).rejection().reason();
    }

    @Test
    void leavesRoomForADelWhenAddsFillTheMailbox() {
        TestNode node = cold();
        List<CompletableFuture<Grant>> adds = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            adds.add(node.submit(ServingTest.add(node, Some.attachment("pod-" + i))));
        }
        assertEquals(Reason.MAILBOX_FULL, reason(adds.get(EngineLoop.MOST_BEFORE_ALLOCATE)));
        assertFalse(adds.get(EngineLoop.MOST_BEFORE_ALLOCATE - 1).isDone());
        var del = node.submit(ServingTest.del(node, Some.attachment("pod-0")));
        assertFalse(del.isDone());
        node.settle();
        assertFalse(del.join());
        assertTrue(node.heard.limits.contains("mailbox"));
    }

    @Test
    void parksSixtyFourAndRefusesTheNext() {
        TestNode node = cold();
        List<CompletableFuture<Grant>> adds = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            adds.add(node.submit(ServingTest.add(node, Some.attachment("pod-" + i))));
        }
        node.settle();
        assertEquals(64, adds.stream().filter(a -> !a.isDone()).count());
        assertTrue(adds.get(64).isCompletedExceptionally());
        assertTrue(node.heard.limits.contains("parked"));
    }

    @Test
    void refusesAWaitingAddAtItsDeadline() {
        TestNode node = cold();
        var add = node.submit(ServingTest.add(node, Some.attachment("a")));
        node.pass(Duration.ofMillis(4_999));
        assertFalse(add.isDone());
        node.pass(Duration.ofMillis(1));
        assertTrue(add.isCompletedExceptionally());
    }

    @Test
    void doesNothingForARequestThatWasCancelled() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        var add = node.submit(ServingTest.add(node, Some.attachment("a")));
        add.cancel(false);
        node.pass(Duration.ofSeconds(1));
        assertEquals(0, node.state().allocations().size());
    }

    @Test
    void refusesAddsAndServesDelsWhenTheJournalIsFull() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        node.ask(ServingTest.add(node, Some.attachment("a")));
        node.journal.full = true;
        assertEquals(
                Reason.JOURNAL_FULL,
                node.refusal(ServingTest.add(node, Some.attachment("b"))).reason());
        assertEquals(1, node.state().allocations().size());
        assertTrue(node.ask(ServingTest.del(node, Some.attachment("a"))));
        node.journal.full = false;
        node.ask(ServingTest.add(node, Some.attachment("b")));
        assertEquals(1, node.state().allocations().size());
    }

    @Test
    void answersNobodyWhenTheDiskFails() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        node.pass(Duration.ofSeconds(2));
        node.journal.commitBroken = true;
        var add = node.submit(ServingTest.add(node, Some.attachment("a")));
        assertThrows(JournalFailedException.class, node::settle);
        assertFalse(add.isDone());
        node.restart();
        node.settle();
        assertEquals(1, node.state().allocations().size(), "what was written is not forgotten");
    }

    @Test
    void takesASnapshotThatRestoresTheSame() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        node.journal.snapshotAfter = 50;
        for (int i = 0; i < 100; i++) {
            node.ask(ServingTest.add(node, Some.attachment("pod-" + i)));
            if (i % 3 == 0) {
                node.ask(ServingTest.del(node, Some.attachment("pod-" + i)));
            }
        }
        assertTrue(node.heard.log.contains("snapshot"));
        int held = node.state().allocations().size();
        int resting = node.state().blocks().stream().mapToInt(b -> b.restingCount()).sum();
        node.restart();
        node.settle();
        assertEquals(held, node.state().allocations().size());
        assertEquals(resting, node.state().blocks().stream().mapToInt(b -> b.restingCount()).sum());
    }

    @Test
    void waitsForSilentHelpersWithoutSpinning() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        node.ask(ServingTest.add(node, Some.attachment("a")));
        node.ask(ServingTest.del(node, Some.attachment("a")));
        node.inventory.silence();
        node.spool.silence();
        node.store.become(Weather.SILENT);
        node.pass(Duration.ofMinutes(2));
        assertTrue(node.settle().isAfter(node.clock.now().boot()));
    }

    /** A stopped process goes on in the middle of a turn, with a DEL that came meanwhile. */
    @Test
    void coolsAnAddressFromItsDelThoughTheTurnBeganBefore() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        Attachment pod = Some.attachment("a");
        node.ask(ServingTest.add(node, pod));
        List<CompletableFuture<Boolean>> del = new ArrayList<>();
        node.loop()
                .execute(() -> {
                    node.clock.advance(Duration.ofMinutes(1));
                    del.add(node.submit(ServingTest.del(node, pod)));
                });
        BootTime before = node.clock.now().boot();
        node.loop().turn();
        assertTrue(del.getFirst().join());
        List<Resting> resting =
                node.state().blocks().stream().flatMap(b -> b.resting().stream()).toList();
        assertEquals(1, resting.size());
        assertEquals(before.plus(Duration.ofMinutes(1)), resting.getFirst().since());
    }
}
