package io.croft.adapter.host;

import io.croft.core.netns.Identity;
import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Searches for namespaces beyond their paths: among the mounts of this process' view and the
 * processes that it can see. What it finds exists; what it does not find may still.
 */
final class HostSearch {
    private final Path processes;
    private final Map<SeenNetns, NetnsFate> fates;
    private final Predicate<Netns> hasSuccessor;
    private final Set<Identity> alive = new HashSet<>();

    private HostSearch(
            Path processes, Map<SeenNetns, NetnsFate> fates, Predicate<Netns> hasSuccessor) {
        this.processes = processes;
        this.fates = fates;
        this.hasSuccessor = hasSuccessor;
    }

    /**
     * After a look at their paths.
     *
     * @param processes where proc(5) is mounted
     * @param hasSuccessor whether another namespace is known to have its inode now
     */
    static Map<SeenNetns, NetnsTrace> after(
            Path processes, Map<SeenNetns, NetnsFate> fates, Predicate<Netns> hasSuccessor) {
        return new HostSearch(processes, fates, hasSuccessor).search();
    }

    private Map<SeenNetns, NetnsTrace> search() {
        fates.forEach((netns, fate) -> {
            if (fate == NetnsFate.ALIVE) {
                directory(netns.netns()).ifPresent(alive::add);
            }
        });
        Map<SeenNetns, NetnsTrace> traces = new HashMap<>();
        fates.forEach((netns, fate) -> traces.put(netns, byPath(netns, fate)));
        if (traces.values().stream().anyMatch(trace -> trace != NetnsTrace.ALIVE)) {
            lookElsewhere(traces);
        }
        return traces;
    }

    private NetnsTrace byPath(SeenNetns netns, NetnsFate fate) {
        return fate == NetnsFate.UNKNOWN && netns.netns().isKnown() && isMissing(netns.netns())
                ? NetnsTrace.MISSING
                : NetnsTrace.of(fate);
    }

    /** Its name is not there, and the directory is one that shows what is alive. */
    private boolean isMissing(Netns netns) {
        Optional<Identity> before = directory(netns);
        if (before.isEmpty() || !alive.contains(before.get())) {
            return false;
        }
        try {
            return Directories.find(Path.of(netns.path())).isEmpty()
                    && before.equals(directory(netns));
        } catch (IOException cannotLook) {
            return false;
        }
    }

    private static Optional<Identity> directory(Netns netns) {
        try {
            Path parent = Path.of(netns.path()).toAbsolutePath().getParent();
            return parent == null ? Optional.empty() : Directories.find(parent);
        } catch (IOException | InvalidPathException cannotLook) {
            return Optional.empty();
        }
    }

    private void lookElsewhere(Map<SeenNetns, NetnsTrace> traces) {
        try {
            var mounted = MountedNamespaces.read();
            var found = ProcessNamespaces.read(processes);
            boolean all = showsAll(found);
            traces.replaceAll((netns, trace) -> {
                boolean another = hasSuccessor.test(netns.netns());
                if (trace == NetnsTrace.GONE) {
                    // The look before this found it among neither mounts nor processes.
                    return all || another ? trace : NetnsTrace.MISSING;
                }
                long inode = netns.netns().inode();
                return !another && (mounted.contains(inode) || found.contains(inode))
                        ? NetnsTrace.ALIVE
                        : trace;
            });
        } catch (IOException cannotLook) {
            traces.replaceAll((_, trace) ->
                    trace == NetnsTrace.ALIVE ? NetnsTrace.ALIVE : NetnsTrace.UNKNOWN);
        }
    }

    /**
     * The positive control: none refused to tell, and all are in the PID namespace, or one of a
     * namespace that lives is among them. Else a process may live on unseen in a namespace that
     * lost its path.
     */
    private boolean showsAll(ProcessNamespaces found) {
        return !found.isDenied()
                && (found.isOfAll()
                        || fates.entrySet().stream()
                                .filter(each -> each.getValue() == NetnsFate.ALIVE)
                                .anyMatch(each -> found.contains(each.getKey().netns().inode())));
    }
}
