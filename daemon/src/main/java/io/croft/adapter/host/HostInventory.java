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
import java.util.List;
import java.util.Map;
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
 * <p>Looks are taken one after the other by a thread of its own, which may hang in a dead file
 * system without holding anybody up; too many at once are answered with UNKNOWN.
 */
public final class HostInventory implements Inventory, AutoCloseable {
    private static final int MOST_LOOKS = 16;

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
            return CompletableFuture.supplyAsync(() -> each(wanted, HostInventory::fate), looks);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.completedFuture(each(wanted, netns -> NetnsFate.UNKNOWN));
        }
    }

    private static Map<SeenNetns, NetnsFate> each(
            List<SeenNetns> wanted, Function<SeenNetns, NetnsFate> look) {
        return wanted.stream().distinct().collect(Collectors.toMap(Function.identity(), look));
    }

    private static NetnsFate fate(SeenNetns wanted) {
        NetnsFate elsewhere = wanted.witnessed() ? NetnsFate.GONE : NetnsFate.UNKNOWN;
        Netns netns = wanted.netns();
        if (!netns.isKnown()) {
            return NetnsFate.UNKNOWN;
        }
        try {
            var found = Files.readAttributes(Path.of(netns.path()), "unix:dev,ino");
            var there = new Netns(netns.path(), number(found, "dev"), number(found, "ino"));
            return there.sameAs(netns) ? NetnsFate.ALIVE : elsewhere;
        } catch (NoSuchFileException missing) {
            return elsewhere;
        } catch (IOException | InvalidPathException cannotLook) {
            return NetnsFate.UNKNOWN;
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
