package io.croft.adapter.grpc;

import io.croft.core.allocation.Allocation;
import io.croft.core.netns.NetnsFate;
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
record Garbage(List<Allocation> looked, Map<SeenNetns, NetnsFate> fates) {
    /** The look begins after the call, so what it shows is newer than the allocations. */
    static CompletionStage<Garbage> look(Inventory inventory, List<Allocation> allocations) {
        Set<SeenNetns> named =
                allocations.stream()
                        .map(each -> each.workload().netns())
                        .flatMap(Optional::stream)
                        .collect(Collectors.toSet());
        return inventory.look(named).thenApply(fates -> new Garbage(allocations, fates));
    }

    /**
     * Frees those that are gone, as many at a time as the engine takes; completes with their
     * number.
     */
    CompletionStage<Integer> free(Engine engine, BootTime deadline) {
        return free(engine, of(NetnsFate.GONE), deadline);
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

    NetnsFate fate(Allocation allocation) {
        return allocation
                .workload()
                .netns()
                .map(netns -> fates.getOrDefault(netns, NetnsFate.UNKNOWN))
                .orElse(NetnsFate.UNKNOWN);
    }

    List<Allocation> of(NetnsFate fate) {
        return looked.stream().filter(each -> fate(each) == fate).toList();
    }
}
