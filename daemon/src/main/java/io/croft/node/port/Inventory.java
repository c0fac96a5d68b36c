package io.croft.node.port;

import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What exists on this host, as far as this process can see. Any thread. */
public interface Inventory {
    /**
     * Whether that very namespace (device and inode) is at its path now. Fast; may be called on the
     * way of a request.
     */
    boolean sees(Netns netns);

    /**
     * Looks at each namespace, off the caller's thread. GONE only for one that was witnessed, that
     * this process itself saw at its path (on a request's way or by a look), that is not there any
     * more though the same directories lead there, and that is mounted nowhere else in this
     * process' view; any error of the look itself is UNKNOWN. A look begins after the call: what it
     * shows is no older than that.
     */
    CompletionStage<Map<SeenNetns, NetnsFate>> look(Collection<SeenNetns> namespaces);

    /**
     * Searches for each namespace, off the caller's thread: as {@link #look}, and beyond the path
     * for those, too, that this process never saw. GONE only if the search could see every process.
     * Slow; begins after the call. Nothing is said of those for which there was no time.
     */
    default CompletionStage<Map<SeenNetns, NetnsTrace>> trace(Collection<SeenNetns> namespaces) {
        return look(namespaces).thenApply(NetnsTrace::of);
    }
}
