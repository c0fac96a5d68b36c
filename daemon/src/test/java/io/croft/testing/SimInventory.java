package io.croft.testing;

import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.node.port.Inventory;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The namespaces of a simulated host, each with an inode of its own that is never used again. */
public final class SimInventory implements Inventory {
    private final Set<Long> alive = new TreeSet<>();
    private long last = 1_000;
    private final Set<Long> pathless = new TreeSet<>();
    private boolean blind;
    private boolean silent;

    /** A new namespace, seen by the agent when an ADD names it. */
    public Optional<SeenNetns> create() {
        alive.add(++last);
        return Some.netns(last);
    }

    public void destroy(Optional<SeenNetns> netns) {
        netns.ifPresent(seen -> alive.remove(seen.netns().inode()));
    }

    /** It goes on without a path: only a search finds it. */
    public void losePath(Optional<SeenNetns> netns) {
        netns.ifPresent(seen -> pathless.add(seen.netns().inode()));
    }

    public boolean isAlive(Optional<SeenNetns> netns) {
        return netns.filter(seen -> sees(seen.netns())).isPresent();
    }

    /** From now on every look fails. */
    public void blind() {
        blind = true;
    }

    /** A control: everything looks gone. */
    public boolean lying;

    /** From now on a look is never answered. */
    public void silence() {
        silent = true;
    }

    public void reboot() {
        alive.clear();
    }

    @Override
    public boolean sees(Netns netns) {
        return alive.contains(netns.inode()) && !pathless.contains(netns.inode());
    }

    @Override
    public CompletionStage<Map<SeenNetns, NetnsFate>> look(Collection<SeenNetns> namespaces) {
        if (silent) {
            return new CompletableFuture<>();
        }
        Map<SeenNetns, NetnsFate> fates = new HashMap<>();
        namespaces.forEach(seen -> fates.put(seen, fate(seen)));
        return CompletableFuture.completedFuture(fates);
    }

    @Override
    public CompletionStage<Map<SeenNetns, NetnsTrace>> trace(Collection<SeenNetns> namespaces) {
        return look(namespaces)
                .thenApply(fates -> {
                    Map<SeenNetns, NetnsTrace> traces = new HashMap<>(NetnsTrace.of(fates));
                    traces.replaceAll(
                            (seen, trace) -> isFound(seen.netns()) ? NetnsTrace.ALIVE : trace);
                    return traces;
                });
    }

    private boolean isFound(Netns netns) {
        return pathless.contains(netns.inode()) && alive.contains(netns.inode());
    }

    private NetnsFate fate(SeenNetns seen) {
        if (lying) {
            return NetnsFate.GONE;
        }
        if (blind || isFound(seen.netns())) {
            return NetnsFate.UNKNOWN;
        }
        return sees(seen.netns())
                ? NetnsFate.ALIVE
                : seen.witnessed() ? NetnsFate.GONE : NetnsFate.UNKNOWN;
    }
}
