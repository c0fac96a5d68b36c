package io.croft.node.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Attachment;
import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.core.pool.PoolMode;
import io.croft.core.serving.CollectGarbage;
import io.croft.node.port.Inventory;
import io.croft.node.port.SandboxList;
import io.croft.node.port.SandboxLists;
import io.croft.testing.Pods;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * Hours of a node whose pods end in order or vanish, whose runtime fails, forgets and remembers,
 * and whose looks often show nothing: what lives is never freed, and in the end all that vanished
 * is.
 */
class GarbageWatchSimTest {
    private static final int SEEDS = 25;
    private static final int STEPS = 200;

    /** What may be wrong with the watch. */
    private enum Control {
        NONE,
        /** A look shows what lives as gone, now and then. */
        LYING_LOOKS
    }

    private static final class Life {
        final long seed;
        final Control control;
        final Random random;
        final TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        final Set<String> alive = new TreeSet<>();
        final Set<String> vanished = new TreeSet<>();
        final Set<Attachment> listed = new HashSet<>();
        Optional<GarbageWatch> watch = Optional.empty();
        boolean runtimeFails;
        boolean runtimeShowsNothing;
        boolean unsure;
        int freed;
        int last;

        Life(long seed, Control control) {
            this.seed = seed;
            this.control = control;
            this.random = new Random(seed);
            node.heard.onAccepted =
                    (command, reply) -> {
                        if (command instanceof CollectGarbage && reply instanceof Integer count) {
                            freed += count;
                        }
                    };
            begin();
        }

        void begin() {
            var lists = new SandboxLists(Optional.of(new Sandboxes()), Optional.empty());
            var begun = new GarbageWatch(new Looks(), lists, node.loop(), node.heard);
            node.loop().add(begun);
            watch = Optional.of(begun);
        }

        void step() {
            runtimeFails = random.nextInt(6) == 0;
            runtimeShowsNothing = random.nextInt(8) == 0;
            unsure = random.nextInt(6) == 0;
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> start();
                case 4, 5 -> any(alive).ifPresent(this::end);
                case 6, 7 -> any(alive).ifPresent(pod -> vanish(pod, false));
                case 8 -> any(alive).ifPresent(pod -> vanish(pod, true));
                case 9 -> any(alive).ifPresent(pod -> listed.remove(Some.attachment(pod)));
                case 10 -> alive.forEach(pod -> listed.add(Some.attachment(pod)));
                default -> {
                    node.restart();
                    begin();
                }
            }
            node.pass(Duration.ofSeconds(10 + random.nextInt(120)));
            check();
        }

        void start() {
            String pod = "pod-" + ++last;
            Pods.start(node, pod);
            alive.add(pod);
            listed.add(Some.attachment(pod));
        }

        void end(String pod) {
            alive.remove(pod);
            listed.remove(Some.attachment(pod));
            Pods.stop(node, pod);
        }

        void vanish(String pod, boolean staysListed) {
            alive.remove(pod);
            vanished.add(pod);
            Pods.held(node, pod).ifPresent(held -> node.inventory.destroy(held.workload().netns()));
            if (!staysListed) {
                listed.remove(Some.attachment(pod));
            }
        }

        Optional<String> any(Set<String> pods) {
            return pods.isEmpty()
                    ? Optional.empty()
                    : pods.stream().skip(random.nextInt(pods.size())).findFirst();
        }

        void check() {
            for (String pod : alive) {
                assertTrue(
                        Pods.held(node, pod).isPresent(),
                        () -> "seed %d: %s lives and was freed".formatted(seed, pod));
            }
        }

        /** All is well again, the runtime knows what lives, and an operator lifts the brake. */
        void heal() {
            runtimeFails = false;
            runtimeShowsNothing = false;
            unsure = false;
            listed.clear();
            start();
            alive.forEach(pod -> listed.add(Some.attachment(pod)));
            node.pass(Duration.ofMinutes(20));
            var now = node.clock.now().boot();
            node.ask(new CollectGarbage(watch.orElseThrow().confirm(now)));
            node.pass(Duration.ofMinutes(20));
            check();
        }

        final class Sandboxes implements SandboxList {
            @Override
            public String name() {
                return "the runtime";
            }

            @Override
            public CompletionStage<Listing> read() {
                Set<Attachment> now = runtimeShowsNothing ? Set.of() : Set.copyOf(listed);
                return runtimeFails
                        ? CompletableFuture.failedFuture(new IllegalStateException("no answer"))
                        : CompletableFuture.completedFuture(now::contains);
            }
        }

        final class Looks implements Inventory {
            @Override
            public boolean sees(Netns netns) {
                return node.inventory.sees(netns);
            }

            @Override
            public CompletionStage<Map<SeenNetns, NetnsFate>> look(
                    Collection<SeenNetns> namespaces) {
                return node.inventory.look(namespaces);
            }

            @Override
            public CompletionStage<Map<SeenNetns, NetnsTrace>> trace(
                    Collection<SeenNetns> namespaces) {
                return Inventory.super
                        .trace(namespaces)
                        .thenApply(traces -> {
                            Map<SeenNetns, NetnsTrace> shown = new HashMap<>(traces);
                            shown.replaceAll((_, trace) -> shown(trace));
                            return shown;
                        });
            }

            NetnsTrace shown(NetnsTrace trace) {
                if (unsure && random.nextBoolean()) {
                    return NetnsTrace.UNKNOWN;
                }
                if (control == Control.LYING_LOOKS && random.nextInt(4) > 0) {
                    return NetnsTrace.GONE;
                }
                // What went while no agent ran.
                return trace == NetnsTrace.GONE && random.nextBoolean()
                        ? NetnsTrace.MISSING
                        : trace;
            }
        }
    }

    private static Life live(long seed, Control control) {
        var life = new Life(seed, control);
        for (int i = 0; i < STEPS; i++) {
            life.step();
        }
        return life;
    }

    @Test
    void neverFreesWhatLivesAndInTheEndAllThatVanished() {
        int freed = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Life life = live(seed, Control.NONE);
            freed += life.freed;
            life.heal();
            assertEquals(
                    life.alive.size(),
                    life.node.state().allocations().size(),
                    "held beyond what lives, seed " + seed);
        }
        assertTrue(freed > 5 * SEEDS, "only " + freed + " were freed before all was well");
    }

    @Test
    void isCaughtWhenItsLooksLie() {
        int caught = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                live(seed, Control.LYING_LOOKS);
            } catch (AssertionError lives) {
                caught++;
            }
        }
        assertTrue(caught > SEEDS / 5, "caught in %d of %d runs".formatted(caught, SEEDS));
    }
}
