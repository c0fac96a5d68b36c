package io.croft.core.serving;

import io.croft.core.address.Address;
import io.croft.core.address.Family;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.Workload;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.Need;
import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * ADD: gives an attachment its addresses, one of each family that its pools have, or none. While it
 * holds some, the same again.
 *
 * @param began start stamp of the caller
 * @param plugin type of the calling main plugin; empty: unknown
 */
public record Allocate(
        Attachment attachment, BootTime began, AddressWish wish, Workload workload, String plugin)
        implements Command<Grant> {
    @Override
    public Decision<Grant> decide(NodeView node, Moment now) {
        if (node.marker(attachment).filter(m -> m.refuses(began, now.boot())).isPresent()) {
            return Decision.refuse(
                    Reason.DELETED_MEANWHILE
                            .because("a DEL of %s began after this ADD".formatted(attachment))
                            .with("attachment", attachment.toString()));
        }
        Optional<Allocation> held = node.allocation(attachment);
        try {
            return held.isPresent() ? again(node, held.get()) : anew(node, now);
        } catch (RejectedException refused) {
            return Decision.refuse(refused.rejection());
        }
    }

    /**
     * A retry of the same caller changes nothing; another caller's ADD moves the stamp that a DEL
     * is compared with, and the sequence: the container id may be of a new sandbox by now, which no
     * release that means the former one may free.
     */
    private Decision<Grant> again(NodeView node, Allocation held) {
        Optional<Rejection> conflict = HeldOnce.conflict(node, held);
        if (conflict.isPresent()) {
            return Decision.refuse(conflict.get());
        }
        List<Address> has = held.addresses().stream().map(BlockAddress::address).toList();
        for (Address wanted : wish.addresses()) {
            if (!has.contains(wanted)) {
                throw Reason.ADDRESSES_DIFFER
                        .because(
                                "%s was requested, and %s holds other addresses already"
                                        .formatted(wanted, attachment))
                        .with("attachment", attachment.toString())
                        .asException();
            }
        }
        if (began.equals(held.began())) {
            return Decision.answer(Grant.of(node, held));
        }
        boolean latest = began.isAfter(held.began());
        BootTime stamp = latest ? began : held.began();
        Workload who = latest ? workload : held.workload();
        long number = node.nextSequence();
        return Decision.accept(
                Grant.of(node, held.renewed(number, stamp, who)),
                new Event.Renewed(attachment, number, stamp, who));
    }

    private Decision<Grant> anew(NodeView node, Moment now) {
        if (node.allocations().size() >= Timings.MOST_ALLOCATIONS) {
            throw Reason.NODE_FULL
                    .because(
                            "%d attachments hold addresses on this node, the most there can be"
                                    .formatted(Timings.MOST_ALLOCATIONS))
                    .asException();
        }
        Map<Family, List<Pool>> choice = new PoolChoice(node, wish, workload.namespace()).make();
        Set<Need> needs = new LinkedHashSet<>();
        List<BlockAddress> picked = new ArrayList<>(2);
        for (var each : choice.entrySet()) {
            each.getValue().forEach(this::mustSuitPlugin);
            Optional<Address> wanted = wish.of(each.getKey());
            var pick = new Pick(node, now, workload, needs);
            (wanted.isPresent()
                            ? pick.exactly(wanted.get(), each.getValue().getFirst())
                            : pick.any(each.getValue()))
                    .ifPresent(picked::add);
        }
        if (!needs.isEmpty()) {
            return new Decision.Waiting<>(needs, Shortage.pending(node, needs));
        }
        var allocation =
                new Allocation(
                        attachment,
                        node.nextSequence(),
                        began,
                        false,
                        picked,
                        workload,
                        now.wall());
        return Decision.accept(Grant.of(node, allocation), new Event.Allocated(allocation));
    }

    private void mustSuitPlugin(Pool pool) {
        if (!pool.form().mode().worksWith(plugin, pool.form().gateway().isPresent())) {
            String mode = pool.form().mode().name().toLowerCase(Locale.ROOT);
            String gateway = pool.form().mode() == PoolMode.L2 ? " without a gateway" : "";
            throw Reason.MODE_MISMATCH
                    .because(
                            "plugin \"%s\" cannot work with pool \"%s\" of mode %s%s"
                                    .formatted(plugin, pool.name(), mode, gateway))
                    .with("pool", pool.name())
                    .with("plugin", plugin)
                    .asException();
        }
    }
}
