package io.croft.core.engine;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Ownership;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.block.Ownership.Returning;
import io.croft.core.block.Ownership.Unvalidated;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What always holds, as methods: {@link #broken} over a whole state (at start, at snapshots, after
 * every step of a test), and {@link #brokenBy} over a decision before it is written.
 */
public final class Invariants {
    private Invariants() {}

    /**
     * The first contradiction in the state, if any: every held address is held by exactly one
     * attachment, in a block that the node knows; a position is held if and only if an allocation
     * has it; sequences were given; a block that is not usable is empty.
     */
    public static Optional<Violation> broken(NodeView node) {
        Map<BlockAddress, Attachment> holders = new HashMap<>();
        Map<BlockId, Integer> counts = new HashMap<>();
        for (Allocation allocation : node.allocations()) {
            if (allocation.sequence() >= node.nextSequence()) {
                return Optional.of(
                        new Violation(
                                Optional.empty(), allocation + " has a sequence not yet given"));
            }
            for (BlockAddress each : allocation.addresses()) {
                Attachment other = holders.put(each, allocation.attachment());
                counts.merge(each.block(), 1, Integer::sum);
                boolean known =
                        node.block(each.block()).filter(b -> b.isHeld(each.ordinal())).isPresent();
                if (other != null && !isQuarantined(node, each.block())) {
                    return violation(
                            each.block(),
                            "%s is held by %s and %s"
                                    .formatted(each, other, allocation.attachment()));
                }
                if (!known && !isQuarantined(node, each.block())) {
                    return violation(
                            each.block(),
                            "%s of %s is not held in its block"
                                    .formatted(each, allocation.attachment()));
                }
            }
        }
        for (Block block : node.blocks()) {
            int allocated = counts.getOrDefault(block.id(), 0);
            if (allocated != block.held() && !isQuarantined(node, block.id())) {
                return violation(
                        block.id(),
                        "%s positions held, %s allocated".formatted(block.held(), allocated));
            }
            boolean mustBeEmpty =
                    block.ownership() instanceof Claiming || block.ownership() instanceof Returning;
            if (mustBeEmpty && !block.isEmpty()) {
                return violation(
                        block.id(),
                        "%s is in use while %s".formatted(block.id(), block.ownership()));
            }
        }
        return Optional.empty();
    }

    /**
     * The first contradiction between the state and events that are about to be written, if any.
     */
    static Optional<Violation> brokenBy(NodeView node, List<Event> decision) {
        Set<BlockAddress> given = new HashSet<>();
        for (Event event : decision) {
            Optional<Violation> violation =
                    switch (event) {
                        case Event.Allocated(Allocation allocation) ->
                                allocated(node, allocation, given);
                        case Event.Renewed(var attachment, long number, var began, var workload) ->
                                renewed(node, attachment, number);
                        case Event.Released(var attachment, long number, var at) ->
                                released(node, attachment, number);
                        case Event.ClaimIntended(var intent) ->
                                must(node, intent.block(), node.block(intent.block()).isEmpty());
                        case Event.ClaimAbandoned(BlockId id) ->
                                must(node, id, is(node, id, Claiming.class));
                        case Event.BlockAdopted(BlockId id, var token) ->
                                must(node, id, is(node, id, Claiming.class));
                        case Event.BlockValidated(BlockId id) ->
                                must(node, id, is(node, id, Unvalidated.class));
                        case Event.BlockRetired(BlockId id) ->
                                must(
                                        node,
                                        id,
                                        node.block(id)
                                                .filter(b ->
                                                        b.isOwned()
                                                                || b.ownership()
                                                                        instanceof Quarantined)
                                                .filter(b -> b.held() == 0)
                                                .isPresent());
                        case Event.BlockForgotten(BlockId id) ->
                                must(
                                        node,
                                        id,
                                        node.block(id)
                                                .filter(b -> !b.isOwned() && b.held() == 0)
                                                .isPresent());
                        default -> Optional.empty();
                    };
            if (violation.isPresent()) {
                return violation;
            }
        }
        return Optional.empty();
    }

    private static Optional<Violation> allocated(
            NodeView node, Allocation allocation, Set<BlockAddress> given) {
        if (allocation.addresses().isEmpty()
                || node.allocation(allocation.attachment()).isPresent()) {
            return Optional.of(
                    new Violation(
                            Optional.empty(),
                            allocation.attachment() + " is held, or would hold nothing"));
        }
        if (allocation.sequence() < node.nextSequence()) {
            return givenBefore(allocation.sequence());
        }
        for (BlockAddress each : allocation.addresses()) {
            boolean fits =
                    node.block(each.block())
                            .filter(b -> b.isOwned() && !b.isHeld(each.ordinal()))
                            .isPresent();
            boolean allowed =
                    node.pool(each.block().pool()).filter(p -> p.gives(each.address())).isPresent();
            if (!fits || !allowed || !given.add(each)) {
                return violation(
                        each.block(),
                        "%s would be given to %s".formatted(each, allocation.attachment()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Violation> renewed(NodeView node, Attachment attachment, long number) {
        if (node.allocation(attachment).isEmpty()) {
            return Optional.of(
                    new Violation(Optional.empty(), attachment + " holds nothing to renew"));
        }
        return number < node.nextSequence() ? givenBefore(number) : Optional.empty();
    }

    private static Optional<Violation> givenBefore(long sequence) {
        return Optional.of(
                new Violation(Optional.empty(), "sequence " + sequence + " was given before"));
    }

    private static Optional<Violation> released(
            NodeView node, Attachment attachment, long sequence) {
        Optional<Allocation> held =
                node.allocation(attachment).filter(a -> a.sequence() == sequence);
        return held.isPresent()
                ? Optional.empty()
                : Optional.of(
                        new Violation(
                                Optional.empty(),
                                attachment + " does not hold sequence " + sequence));
    }

    private static Optional<Violation> must(NodeView node, BlockId id, boolean holds) {
        return holds
                ? Optional.empty()
                : violation(
                        id,
                        "%s is %s"
                                .formatted(
                                        id,
                                        node.block(id)
                                                .<Object>map(Block::ownership)
                                                .orElse("absent")));
    }

    private static boolean is(NodeView node, BlockId id, Class<? extends Ownership> state) {
        return node.block(id).map(Block::ownership).filter(state::isInstance).isPresent();
    }

    private static boolean isQuarantined(NodeView node, BlockId id) {
        return is(node, id, Ownership.Quarantined.class);
    }

    private static Optional<Violation> violation(BlockId block, String what) {
        return Optional.of(Violation.of(block, what));
    }
}
