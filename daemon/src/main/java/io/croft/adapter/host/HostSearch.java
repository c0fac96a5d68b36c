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
    private final Map<SeenNetns, NetnsFate> fates;
    private final Elsewhere elsewhere;
    private final Predicate<Netns> isSomewhere;
    private final Set<Identity> alive = new HashSet<>();

    /**
     * After a look at their paths, and elsewhere for those that were gone from them.
     *
     * @param isSomewhere whether it is found elsewhere
     */
    HostSearch(Map<SeenNetns, NetnsFate> fates, Elsewhere elsewhere, Predicate<Netns> isSomewhere) {
        this.fates = fates;
        this.elsewhere = elsewhere;
        this.isSomewhere = isSomewhere;
    }

    Map<SeenNetns, NetnsTrace> traces() {
        fates.forEach((netns, fate) -> {
            if (fate == NetnsFate.ALIVE) {
                directory(netns.netns()).ifPresent(alive::add);
            }
        });
        boolean all = showsAll();
        Map<SeenNetns, NetnsTrace> traces = new HashMap<>();
        fates.forEach((netns, fate) -> traces.put(netns, trace(netns.netns(), fate, all)));
        return traces;
    }

    private NetnsTrace trace(Netns netns, NetnsFate fate, boolean all) {
        return switch (fate) {
            case ALIVE -> NetnsTrace.ALIVE;
            case GONE -> all ? NetnsTrace.GONE : NetnsTrace.MISSING;
            case UNKNOWN -> unseen(netns);
        };
    }

    private NetnsTrace unseen(Netns netns) {
        if (!netns.isKnown()) {
            return NetnsTrace.UNKNOWN;
        }
        if (isSomewhere.test(netns)) {
            return NetnsTrace.ALIVE;
        }
        return isMissing(netns) ? NetnsTrace.MISSING : NetnsTrace.UNKNOWN;
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

    /**
     * The positive control: none refused to tell or went too fast, and all are in the PID
     * namespace, or one of a namespace that lives was found in another one than this process'. Else
     * a process may live on unseen in a namespace that lost its path.
     */
    private boolean showsAll() {
        ProcessNamespaces processes = elsewhere.processes();
        return !processes.isDenied()
                && !processes.isUnsettled()
                && (processes.isOfAll()
                        || fates.entrySet().stream()
                                .filter(each -> each.getValue() == NetnsFate.ALIVE)
                                .map(each -> each.getKey().netns().inode())
                                .anyMatch(processes::containsOneOfOthers));
    }
}
