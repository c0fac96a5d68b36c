package io.croft.adapter.host;

import static java.util.Objects.requireNonNull;

import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.SeenNetns;
import io.croft.node.port.Inventory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The namespaces of this host, seen through their paths: a namespace is where its path leads to its
 * device and inode.
 *
 * <p>Only what this process itself saw at a path can be seen to be gone from it: after a restart
 * the same path may lead through another mount, and absence there proves nothing.
 *
 * <p>Looks are taken one after the other by a thread of its own, which may hang in a dead file
 * system without holding anybody up; too many at once are answered with UNKNOWN.
 */
public final class HostInventory implements Inventory, AutoCloseable {
    private static final int MOST_LOOKS = 16;

    /**
     * Namespaces remembered as seen; past that the longest remembered goes, and cannot be seen gone
     * any more.
     */
    private static final int MOST_SEEN = 65_536;

    private final Set<Netns> seen =
            Collections.newSetFromMap(
                    new LinkedHashMap<>() {
                        private static final long serialVersionUID = 1;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<Netns, Boolean> eldest) {
                            return size() > MOST_SEEN;
                        }
                    });

    private final ThreadPoolExecutor looks =
            new ThreadPoolExecutor(
                    1,
                    1,
                    10,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(MOST_LOOKS),
                    Thread.ofPlatform().daemon().name("croft-inventory").factory());

    public HostInventory() {
        looks.allowCoreThreadTimeOut(true);
    }

    @Override
    public boolean sees(Netns netns) {
        return netns.isKnown() && fate(new SeenNetns(netns, true)) == NetnsFate.ALIVE;
    }

    @Override
    public CompletionStage<Map<SeenNetns, NetnsFate>> look(Collection<SeenNetns> namespaces) {
        var wanted = List.copyOf(namespaces);
        try {
            return CompletableFuture.supplyAsync(() -> each(wanted, this::fate), looks);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.completedFuture(each(wanted, netns -> NetnsFate.UNKNOWN));
        }
    }

    private static Map<SeenNetns, NetnsFate> each(
            List<SeenNetns> wanted, Function<SeenNetns, NetnsFate> look) {
        return wanted.stream().distinct().collect(Collectors.toMap(Function.identity(), look));
    }

    private NetnsFate fate(SeenNetns wanted) {
        Netns netns = wanted.netns();
        NetnsFate elsewhere =
                wanted.witnessed() && hasSeen(netns) ? NetnsFate.GONE : NetnsFate.UNKNOWN;
        if (!netns.isKnown()) {
            return NetnsFate.UNKNOWN;
        }
        try {
            var found = Files.readAttributes(Path.of(netns.path()), "unix:dev,ino");
            var there = new Netns(netns.path(), number(found, "dev"), number(found, "ino"));
            return there.sameAs(netns) ? remember(netns) : elsewhere;
        } catch (NoSuchFileException missing) {
            return elsewhere;
        } catch (IOException | InvalidPathException cannotLook) {
            return NetnsFate.UNKNOWN;
        }
    }

    private NetnsFate remember(Netns netns) {
        synchronized (seen) {
            seen.add(netns);
        }
        return NetnsFate.ALIVE;
    }

    private boolean hasSeen(Netns netns) {
        synchronized (seen) {
            return seen.contains(netns);
        }
    }

    private static long number(Map<String, Object> attributes, String name) {
        return ((Number) requireNonNull(attributes.get(name))).longValue();
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
