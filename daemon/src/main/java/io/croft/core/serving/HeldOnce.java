package io.croft.core.serving;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.block.Block;
import io.croft.core.engine.NodeView;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import java.util.Optional;

/**
 * What two hold is answered to neither. Of a quarantined block alone that can be: a record
 * contradicted it.
 */
final class HeldOnce {
    private HeldOnce() {}

    /** Why this one is not answered; empty: nobody else has an address of it. */
    static Optional<Rejection> conflict(NodeView node, Allocation held) {
        return held.addresses().stream()
                .flatMap(each -> conflict(node, held, each).stream())
                .findFirst();
    }

    private static Optional<Rejection> conflict(
            NodeView node, Allocation held, BlockAddress address) {
        if (node.block(address.block()).filter(Block::isOwned).isPresent()) {
            return Optional.empty();
        }
        return node.allocations().stream()
                .filter(other -> !other.attachment().equals(held.attachment()))
                .filter(other -> other.addresses().contains(address))
                .findFirst()
                .map(other ->
                        Reason.STATE_VIOLATION
                                .because(
                                        "%s is held by %s as well"
                                                .formatted(address.address(), other.attachment()))
                                .with("attachment", held.attachment().toString()));
    }
}
