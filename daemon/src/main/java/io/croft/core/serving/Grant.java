package io.croft.core.serving;

import io.croft.core.allocation.Allocation;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import java.util.List;

/**
 * An allocation with what its result looks like.
 *
 * @param pools the pool of each address, in the same order
 */
public record Grant(Allocation allocation, List<Pool> pools) {
    public Grant {
        pools = List.copyOf(pools);
    }

    /** Pools of which an address is held cannot be deleted, so each is there. */
    public static Grant of(NodeView node, Allocation allocation) {
        return new Grant(
                allocation,
                allocation.addresses().stream()
                        .map(each -> node.pool(each.block().pool()).orElseThrow())
                        .toList());
    }
}
