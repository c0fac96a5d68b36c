package io.croft.adapter.host;

import io.croft.adapter.host.Directories.Stat;
import io.croft.core.netns.Identity;
import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.node.port.Inventory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces of this host, seen through their paths: a namespace is where its path leads to its
 * device and inode.
 *
 * <p>Only what this process itself saw at a path can be seen to be gone from it: after a restart
 * the same path may lead through another mount, and absence there proves nothing. So it does where
 * the directories on the way are not those through which it was seen, because something was mounted
 * over one of them; and what is still mounted somewhere is not gone, unless that is the next
 * namespace that was given its inode. So is what a process is in, as far as those may be asked.
 *
 * <p>Looks are taken one after the other by a thread of its own, which may hang in a dead file
 * system without holding anybody up; too many at once are answered with UNKNOWN.
 */
public final class HostInventory implements Inventory, AutoCloseable {
    /**
     * How one was seen.
     *
     * @param changed its change time
     * @param last when it was last seen
     */
    private record Sight(Directories through, Object changed, BootTime last) {}

    private static final Path PROCESSES = Path.of("/proc");
    private static final int MOST_LOOKS = 16;

    /**
     * Namespaces remembered as seen; past that the longest remembered goes, and cannot be seen gone
     * any more.
     */
    private static final int MOST_SEEN = 65_536;

    /** With the directories through which each was seen; few differ, so few are kept. */
    private final Map<Netns, Sight> seen =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Netns, Sight> eldest) {
                    return size() > MOST_SEEN;
                }
            };

    private final Path processes;
    private final Clock clock;
    private Directories latest = new Directories(List.of());
    private final NamespaceNames names = new NamespaceNames(MOST_SEEN);

    private final ThreadPoolExecutor looks =
            new ThreadPoolExecutor(
                    1,
                    1,
                    10,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(MOST_LOOKS),
                    Thread.ofPlatform().daemon().name("croft-inventory").factory());

    public HostInventory(Clock clock) {
        this(clock, PROCESSES);
    }

    /**
     * Asks other processes than those of this host.
     *
     * @param processes where proc(5) is mounted
     */
    HostInventory(Clock clock, Path processes) {
        this.clock = clock;
        this.processes = processes;
        looks.allowCoreThreadTimeOut(true);
    }

    @Override
    public boolean sees(Netns netns) {
        return netns.isKnown() && fate(new SeenNetns(netns, true)) == NetnsFate.ALIVE;
    }

    @Override
    public CompletionStage<Map<SeenNetns, NetnsFate>> look(Collection<SeenNetns> namespaces) {
        var wanted = List.copyOf(namespaces);
        return off(() -> lookAt(wanted), () -> each(wanted, netns -> NetnsFate.UNKNOWN));
    }

    @Override
    public CompletionStage<Map<SeenNetns, NetnsTrace>> trace(Collection<SeenNetns> namespaces) {
        var wanted = List.copyOf(namespaces);
        return off(() -> searchFor(wanted), Map::of);
    }

    private <R> CompletionStage<R> off(Supplier<R> look, Supplier<R> otherwise) {
        try {
            return CompletableFuture.supplyAsync(look, looks);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.completedFuture(otherwise.get());
        }
    }

    private Map<SeenNetns, NetnsFate> lookAt(List<SeenNetns> wanted) {
        Map<SeenNetns, NetnsFate> fates = each(wanted, this::fate);
        if (!fates.containsValue(NetnsFate.GONE)) {
            return fates;
        }
        try {
            var elsewhere = Elsewhere.read(processes);
            boolean unsettled = elsewhere.processes().isUnsettled();
            correct(fates, elsewhere);
            fates.replaceAll(
                    (_, fate) -> unsettled && fate == NetnsFate.GONE ? NetnsFate.UNKNOWN : fate);
        } catch (IOException cannotLook) {
            fates.replaceAll((_, fate) -> fate == NetnsFate.GONE ? NetnsFate.UNKNOWN : fate);
        }
        return fates;
    }

    /** Says nothing of those that it could not search for. */
    private Map<SeenNetns, NetnsTrace> searchFor(List<SeenNetns> wanted) {
        Map<SeenNetns, NetnsFate> fates = each(wanted, this::fate);
        try {
            if (fates.values().stream().anyMatch(fate -> fate != NetnsFate.ALIVE)) {
                var elsewhere = Elsewhere.read(processes);
                correct(fates, elsewhere);
                return new HostSearch(fates, elsewhere, netns -> isIn(elsewhere, netns)).traces();
            }
        } catch (IOException cannotLook) {
            fates.values().removeIf(fate -> fate != NetnsFate.ALIVE);
        }
        return NetnsTrace.of(fates);
    }

    private void correct(Map<SeenNetns, NetnsFate> fates, Elsewhere elsewhere) {
        fates.replaceAll((netns, fate) ->
                fate == NetnsFate.GONE && isIn(elsewhere, netns.netns()) ? NetnsFate.ALIVE : fate);
    }

    private boolean isIn(Elsewhere elsewhere, Netns netns) {
        Sight sight = whereSeen(netns);
        if (sight == null || !names.isOvertaken(netns)) {
            return elsewhere.contains(netns.inode());
        }
        return elsewhere.containsFormer(netns.inode(), sight.changed(), sight.last());
    }

    private static Map<SeenNetns, NetnsFate> each(
            List<SeenNetns> wanted, Function<SeenNetns, NetnsFate> look) {
        return wanted.stream().distinct().collect(Collectors.toMap(Function.identity(), look));
    }

    private NetnsFate fate(SeenNetns wanted) {
        Netns netns = wanted.netns();
        if (!netns.isKnown()) {
            return NetnsFate.UNKNOWN;
        }
        try {
            Path path = Path.of(netns.path());
            Optional<Stat> there = Directories.stat(path);
            if (there.filter(stat -> stat.identity().equals(netns.identity())).isPresent()) {
                return remember(netns, path, there.get());
            }
            // Where a mount is detached the name stays, as that of a file that is no namespace, and
            // the namespace may live.
            boolean isLeft =
                    there.filter(other -> other.identity().device() != netns.device()).isEmpty();
            return isLeft ? fateOfMissing(wanted, path) : NetnsFate.UNKNOWN;
        } catch (IOException | InvalidPathException cannotLook) {
            return NetnsFate.UNKNOWN;
        }
    }

    /** Also where nobody can tell. */
    private static boolean isThere(Netns netns) {
        try {
            return Directories.find(Path.of(netns.path()))
                    .filter(netns.identity()::equals)
                    .isPresent();
        } catch (IOException | InvalidPathException cannotLook) {
            return true;
        }
    }

    private NetnsFate remember(Netns netns, Path path, Stat stat) throws IOException {
        BootTime now = clock.now().boot();
        names.saw(netns, HostInventory::isThere);
        Sight sight = whereSeen(netns);
        if (sight != null) {
            // A path may name the next one that has its inode.
            remember(netns, new Sight(sight.through(), stat.changed(), now));
        } else if (isNameOfItsOwn(path)) {
            remember(netns, new Sight(Directories.to(path), stat.changed(), now));
        }
        return NetnsFate.ALIVE;
    }

    private void remember(Netns netns, Sight sight) {
        synchronized (seen) {
            latest = latest.equals(sight.through()) ? latest : sight.through();
            seen.put(netns, new Sight(latest, sight.changed(), sight.last()));
        }
    }

    /** The name of a process, or a link, may go while the namespace stays. */
    private static boolean isNameOfItsOwn(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        return parent != null
                && !Files.isSymbolicLink(path)
                && !device(parent).equals(device(Path.of("/proc")));
    }

    private static Optional<Long> device(Path path) throws IOException {
        return Directories.find(path).map(Identity::device);
    }

    private NetnsFate fateOfMissing(SeenNetns wanted, Path path) throws IOException {
        if (names.isElsewhere(wanted.netns(), HostInventory::isThere)) {
            return NetnsFate.ALIVE;
        }
        Sight sight = whereSeen(wanted.netns());
        return wanted.witnessed() && sight != null && sight.through().stillLeadTo(path)
                ? NetnsFate.GONE
                : NetnsFate.UNKNOWN;
    }

    private @Nullable Sight whereSeen(Netns netns) {
        synchronized (seen) {
            return seen.get(netns);
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
