package io.croft.node.reconcile;

import io.croft.core.allocation.Allocation;
import io.croft.core.netns.Identity;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.core.time.BootTime;
import io.croft.node.port.SandboxList.Listing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One inventory: what was held when it began, and what was found of that afterwards. In this order:
 * what is allocated later is not looked for, and so never absent.
 *
 * @param read when the allocations were read
 * @param acquired the sequences above this one were given by this process
 * @param runtime the runtime's sandboxes; empty: nobody named one
 * @param cache libcni's results; empty: nobody named a directory
 */
record Survey(
        BootTime read,
        List<Allocation> held,
        long acquired,
        Map<SeenNetns, NetnsTrace> traces,
        Optional<Named> runtime,
        Optional<Named> cache) {
    /** A list that was read, and whose it is. */
    record Named(String name, Listing listing) {}

    /** What of an allocation was found. */
    enum Standing {
        ALIVE("its namespace exists"),
        LISTED("the runtime lists its sandbox"),
        CACHED("libcni's cache has its result"),
        UNPROVEN("nobody can tell whether its namespace exists"),
        UNSEEN(
                "its namespace is not found, but a process that this agent may not ask could be in it,"
                        + " and there is no runtime to ask (--cri-socket)"),
        ABSENT("nothing of it was found");

        private final String words;

        Standing(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    Standing standing(Allocation held, NetnsTrace trace) {
        if (trace == NetnsTrace.ALIVE) {
            return Standing.ALIVE;
        }
        if (shows(runtime, held)) {
            return Standing.LISTED;
        }
        if (shows(cache, held)) {
            return Standing.CACHED;
        }
        if (isAbsent(held, trace)) {
            return Standing.ABSENT;
        }
        return trace == NetnsTrace.MISSING && runtime.isEmpty()
                ? Standing.UNSEEN
                : Standing.UNPROVEN;
    }

    /**
     * A namespace that was seen to go is gone. One that went unseen, while no agent ran, is only
     * where an agent had seen it and the runtime, which should show its sandbox, does not.
     */
    private boolean isAbsent(Allocation held, NetnsTrace trace) {
        return trace == NetnsTrace.GONE
                || (trace == NetnsTrace.MISSING && runtime.isPresent() && isPod(held));
    }

    /**
     * What a list of the pods of this node should show. Others' containers are in others' lists.
     */
    static boolean isPod(Allocation held) {
        return !held.workload().pod().isEmpty();
    }

    private static boolean shows(Optional<Named> list, Allocation held) {
        return list.filter(each -> each.listing().shows(held.attachment())).isPresent();
    }

    /** The namespaces that exist. */
    Set<Identity> alive() {
        return traces.entrySet().stream()
                .filter(each -> each.getValue() == NetnsTrace.ALIVE)
                .map(each -> each.getKey().netns().identity())
                .collect(Collectors.toSet());
    }

    /**
     * Several paths may lead to one namespace: it lives while one does. What was seen to go is gone
     * all the same: its inode may be another's by now. The path of a process proves no end, because
     * others may be in its namespace.
     */
    NetnsTrace trace(Allocation held, Set<Identity> alive) {
        if (held.workload().netns().isEmpty()) {
            return NetnsTrace.UNKNOWN;
        }
        SeenNetns netns = held.workload().netns().get();
        boolean mayProve = netns.witnessed() && !netns.netns().path().startsWith("/proc/");
        NetnsTrace trace =
                mayProve ? traces.getOrDefault(netns, NetnsTrace.UNKNOWN) : NetnsTrace.UNKNOWN;
        return trace != NetnsTrace.GONE && alive.contains(netns.netns().identity())
                ? NetnsTrace.ALIVE
                : trace;
    }
}
