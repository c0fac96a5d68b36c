package io.croft.adapter.grpc;

import io.croft.core.allocation.Allocation;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.core.serving.CollectGarbage;
import io.croft.core.time.BootTime;
import io.croft.node.port.Inventory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Allocations after a look at their network namespaces. Only a namespace that was seen and is gone
 * proves that nobody uses its addresses; an allocation that names none is never proved.
 */
record Garbage(List<Allocation> looked, Map<SeenNetns, NetnsTrace> traces) {
    /**
     * Looks where each was seen: enough where the runtime says, too, that it has no such sandbox.
     * The look begins after the call, so what it shows is newer than the allocations.
     */
    static CompletionStage<Garbage> look(Inventory inventory, List<Allocation> allocations) {
        return inventory
                .look(named(allocations))
                .thenApply(fates -> new Garbage(allocations, NetnsTrace.of(fates)));
    }

    /** Searches for each, and takes none for gone that may be where nobody could look. */
    static CompletionStage<Garbage> search(Inventory inventory, List<Allocation> allocations) {
        return inventory
                .trace(named(allocations))
                .thenApply(traces -> new Garbage(allocations, traces));
    }

    private static Set<SeenNetns> named(List<Allocation> allocations) {
        return allocations.stream()
                .map(each -> each.workload().netns())
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
    }

    /**
     * Frees those that are gone, as many at a time as the engine takes; completes with their
     * number.
     */
    CompletionStage<Integer> free(Engine engine, BootTime deadline) {
        return free(engine, of(NetnsTrace.GONE), deadline);
    }

    /** Each only if it is still exactly that allocation. */
    static CompletionStage<Integer> free(Engine engine, List<Allocation> gone, BootTime deadline) {
        int now = Math.min(gone.size(), CollectGarbage.MOST);
        CompletionStage<Integer> freed =
                engine.submit(new CollectGarbage(gone.subList(0, now)), deadline);
        return now == gone.size()
                ? freed
                : freed.thenCompose(count ->
                        free(engine, gone.subList(now, gone.size()), deadline)
                                .thenApply(rest -> count + rest));
    }

    NetnsTrace trace(Allocation allocation) {
        return allocation
                .workload()
                .netns()
                .map(netns -> traces.getOrDefault(netns, NetnsTrace.UNKNOWN))
                .orElse(NetnsTrace.UNKNOWN);
    }

    List<Allocation> of(NetnsTrace trace) {
        return looked.stream().filter(each -> trace(each) == trace).toList();
    }

    /** Those of which nobody can tell whether they are used. */
    int unproved() {
        return looked.size() - of(NetnsTrace.GONE).size() - of(NetnsTrace.ALIVE).size();
    }
}
