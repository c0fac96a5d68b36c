package io.croft.core.serving;

import io.croft.core.address.Address;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.NodeView;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.Moment;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * CHECK: whether an attachment still holds its addresses.
 *
 * @param expected each held address must be among these; empty: that some are held is enough
 */
public record Check(Attachment attachment, Optional<Set<Address>> expected)
        implements Command<Grant> {
    @Override
    public Decision<Grant> decide(NodeView node, Moment now) {
        Optional<Allocation> held = node.allocation(attachment);
        if (held.isEmpty()) {
            return Decision.refuse(
                    Reason.NOT_ALLOCATED
                            .because("%s holds no address".formatted(attachment))
                            .with("attachment", attachment.toString()));
        }
        Optional<Rejection> conflict = HeldOnce.conflict(node, held.get());
        if (conflict.isPresent()) {
            return Decision.refuse(conflict.get());
        }
        List<Address> missing =
                held.get().addresses().stream()
                        .map(BlockAddress::address)
                        .filter(address ->
                                expected.filter(set -> !set.contains(address)).isPresent())
                        .toList();
        return missing.isEmpty()
                ? Decision.answer(Grant.of(node, held.get()))
                : Decision.refuse(
                        Reason.ADDRESSES_DIFFER
                                .because(
                                        "%s holds %s, which is not among those expected"
                                                .formatted(attachment, missing))
                                .with("attachment", attachment.toString()));
    }
}
