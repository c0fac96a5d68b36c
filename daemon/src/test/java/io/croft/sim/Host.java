package io.croft.sim;

import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.SeenNetns;
import io.croft.node.port.Inventory;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The network namespaces of one machine, and the paths that lead to them. Paths are used again. */
final class Host {
    private static final int PATHS = 6;

    private final Map<String, Long> paths = new TreeMap<>();
    private final Set<Long> alive = new HashSet<>();
    private final Random random;
    private long lastInode = 4_026_532_000L;
    private boolean unsure;
    private long stall;
    private boolean oldMount;

    Host(Random random) {
        this.random = random;
    }

    /** A new namespace; empty: all paths are taken. */
    Optional<Netns> create() {
        for (int i = 0; i < 4; i++) {
            String path = "/run/netns/" + random.nextInt(PATHS * 4);
            if (!paths.containsKey(path)) {
                // An inode may be used again, but not while anybody could remember it.
                paths.put(path, ++lastInode);
                alive.add(lastInode);
                return Optional.of(new Netns(path, 4, lastInode));
            }
        }
        return Optional.empty();
    }

    void destroy(Netns netns) {
        paths.remove(netns.path(), netns.inode());
        alive.remove(netns.inode());
    }

    void revive(Netns netns) {
        paths.put(netns.path(), netns.inode());
        alive.add(netns.inode());
    }

    boolean isAlive(Netns netns) {
        return alive.contains(netns.inode());
    }

    /** Longest time that a look waits for a processor. */
    void stall(Duration longest) {
        stall = longest.toNanos();
    }

    private long stalled() {
        return stall == 0 ? 0 : (long) (random.nextDouble() * stall);
    }

    /** Looks often fail. */
    void unsure(boolean now) {
        unsure = now;
    }

    /** Agents that start now see the paths as they are now, whatever becomes of them. */
    void oldMount(boolean now) {
        oldMount = now;
    }

    boolean isOldMount() {
        return oldMount;
    }

    void reboot() {
        paths.clear();
        alive.clear();
    }

    /** What one process of an agent sees: only what it saw itself can be gone for it. */
    final class View implements Inventory {
        private final Scheduler scheduler;
        private final Life life;
        private final Set<Netns> seen = new HashSet<>();
        private final Map<String, Long> shown;

        View(Scheduler scheduler, Life life) {
            this.scheduler = scheduler;
            this.life = life;
            this.shown = oldMount ? Map.copyOf(paths) : paths;
        }

        @Override
        public boolean sees(Netns netns) {
            boolean there = netns.isKnown() && isThere(netns);
            if (there) {
                seen.add(netns);
            }
            return there;
        }

        private boolean isThere(Netns netns) {
            return Long.valueOf(netns.inode()).equals(shown.get(netns.path()));
        }

        @Override
        public CompletionStage<Map<SeenNetns, NetnsFate>> look(Collection<SeenNetns> namespaces) {
            var wanted = List.copyOf(namespaces);
            var answer = new CompletableFuture<Map<SeenNetns, NetnsFate>>();
            scheduler.after(
                    Duration.ofNanos(100_000L + random.nextInt(20_000_000) + stalled()),
                    "",
                    () ->
                            life.enter(() -> {
                                Map<SeenNetns, NetnsFate> fates = new HashMap<>();
                                wanted.forEach(each -> fates.put(each, fate(each)));
                                answer.complete(fates);
                            }));
            return answer;
        }

        private NetnsFate fate(SeenNetns wanted) {
            Netns netns = wanted.netns();
            if (!netns.isKnown() || (unsure && random.nextBoolean())) {
                return NetnsFate.UNKNOWN;
            }
            if (isThere(netns)) {
                seen.add(netns);
                return NetnsFate.ALIVE;
            }
            return wanted.witnessed() && seen.contains(netns) ? NetnsFate.GONE : NetnsFate.UNKNOWN;
        }
    }
}
