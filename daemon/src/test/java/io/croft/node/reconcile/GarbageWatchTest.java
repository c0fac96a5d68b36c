package io.croft.node.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Attachment;
import io.croft.core.pool.PoolMode;
import io.croft.core.serving.CollectGarbage;
import io.croft.node.port.SandboxList;
import io.croft.node.port.SandboxLists;
import io.croft.testing.Pods;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Sandboxes that vanish without a DEL, on a whole node. */
class GarbageWatchTest {
    private static final Duration LONG = Duration.ofMinutes(15);

    private final TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
    private final Sandboxes runtime = new Sandboxes();

    /** A list that a test fills, and answers when it likes. */
    private static final class Sandboxes implements SandboxList {
        final Set<Attachment> sandboxes = new HashSet<>();
        Optional<CompletableFuture<Listing>> pending = Optional.empty();
        boolean fails;

        @Override
        public String name() {
            return "the runtime";
        }

        @Override
        public CompletionStage<Listing> read() {
            return fails
                    ? CompletableFuture.failedFuture(new IllegalStateException("no answer"))
                    : pending.orElseGet(() -> CompletableFuture.completedFuture(now()));
        }

        Listing now() {
            return Set.copyOf(sandboxes)::contains;
        }
    }

    private GarbageWatch watch(Optional<SandboxList> list) {
        var watch =
                new GarbageWatch(
                        node.inventory,
                        new SandboxLists(list, Optional.empty()),
                        node.loop(),
                        node.heard);
        node.loop().add(watch);
        return watch;
    }

    private void start(String pod) {
        Pods.start(node, pod);
        runtime.sandboxes.add(Some.attachment(pod));
    }

    private void vanish(String pod) {
        Pods.held(node, pod).ifPresent(held -> node.inventory.destroy(held.workload().netns()));
        runtime.sandboxes.remove(Some.attachment(pod));
    }

    /** Nine of ten. */
    private void loseTooMany() {
        start("a");
        for (int i = 0; i < 9; i++) {
            start("gone-" + i);
            vanish("gone-" + i);
        }
        node.pass(LONG);
    }

    private boolean isHeld(String pod) {
        return Pods.held(node, pod).isPresent();
    }

    @Test
    void freesWhatVanishedWithoutADel() {
        watch(Optional.empty());
        start("a");
        start("b");
        vanish("b");
        node.pass(Duration.ofMinutes(9));
        assertTrue(isHeld("b"));
        node.pass(Duration.ofMinutes(2));
        assertFalse(isHeld("b"));
        assertTrue(isHeld("a"));
    }

    @Test
    void freesNothingWhileTheRuntimeDoesNotAnswer() {
        GarbageWatch watch = watch(Optional.of(runtime));
        start("a");
        start("b");
        vanish("b");
        runtime.fails = true;
        node.pass(LONG);
        assertTrue(isHeld("b"));
        assertEquals(Optional.of("no answer"), watch.state(node.clock.now().boot()).incomplete());
        assertEquals(
                "no inventory was complete: no answer",
                watch.why(Pods.held(node, "b").orElseThrow(), node.clock.now().boot()));
        runtime.fails = false;
        node.pass(Duration.ofMinutes(2));
        assertFalse(isHeld("b"));
        assertEquals(Optional.empty(), watch.state(node.clock.now().boot()).incomplete());
    }

    @Test
    void freesNothingWhileALookHangs() {
        GarbageWatch watch = watch(Optional.empty());
        start("a");
        start("b");
        vanish("b");
        node.inventory.silence();
        node.pass(LONG);
        assertTrue(isHeld("b"));
        assertTrue(watch.state(node.clock.now().boot()).incomplete().isPresent());
    }

    @Test
    void freesNothingThatChangedWhileTheInventoryWasTaken() {
        watch(Optional.of(runtime));
        start("a");
        start("b");
        vanish("b");
        // Absent twice by then, and from the next complete inventory on old enough.
        node.pass(Duration.ofMinutes(9));
        runtime.fails = true;
        node.pass(Duration.ofMinutes(2));
        assertTrue(isHeld("b"));
        runtime.fails = false;
        var late = new CompletableFuture<SandboxList.Listing>();
        runtime.pending = Optional.of(late);
        node.pass(Duration.ofMinutes(1));
        start("b");
        late.complete(attachment -> attachment.equals(Some.attachment("a")));
        runtime.pending = Optional.empty();
        node.pass(LONG);
        assertTrue(isHeld("b"));
    }

    @Test
    void neverLooksForWhatWasAllocatedAfterTheReading() {
        watch(Optional.of(runtime));
        start("a");
        var late = new CompletableFuture<SandboxList.Listing>();
        runtime.pending = Optional.of(late);
        node.pass(Duration.ofMinutes(1));
        start("b");
        vanish("b");
        node.pass(Duration.ofMinutes(20));
        late.complete(attachment -> attachment.equals(Some.attachment("a")));
        node.pass(Duration.ofSeconds(20));
        assertTrue(isHeld("b"));
    }

    @Test
    void saysWhyAndFreesOnAnOperatorsWordWhatTheBrakeHolds() {
        GarbageWatch watch = watch(Optional.empty());
        loseTooMany();
        assertTrue(watch.state(node.clock.now().boot()).braked());
        assertEquals(List.of("gc_brake begins"), node.heard.outages);
        assertEquals(10, node.state().allocations().size());
        var gone = Pods.held(node, "gone-0").orElseThrow();
        assertEquals(
                "nothing of it was found; too much would go, so it waits for croft gc --confirm",
                watch.why(gone, node.clock.now().boot()));
        node.ask(new CollectGarbage(watch.confirm(node.clock.now().boot())));
        assertEquals(1, node.state().allocations().size());
        node.pass(Duration.ofMinutes(1));
        assertEquals(List.of("gc_brake begins", "gc_brake ends"), node.heard.outages);
    }

    @Test
    void confirmsNothingAfterALookThatHangs() {
        GarbageWatch watch = watch(Optional.empty());
        loseTooMany();
        node.inventory.silence();
        node.pass(Duration.ofMinutes(3));
        assertEquals(List.of(), watch.confirm(node.clock.now().boot()));
    }
}
