package io.croft.core.serving;

import io.croft.core.address.Address;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.Workload;
import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.engine.Need;
import io.croft.core.engine.NodeView;
import io.croft.core.netns.SeenNetns;
import io.croft.core.pool.Pool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.Moment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One address for one family of one request, from a view that it only reads. What it lacks it adds
 * to the needs; what can never be it refuses by exception.
 */
final class Pick {
    private final NodeView node;
    private final Moment now;
    private final Workload workload;
    private final Optional<SeenNetns> requester;
    private final Set<Need> needs;

    Pick(NodeView node, Moment now, Workload workload, Set<Need> needs) {
        this.node = node;
        this.now = now;
        this.workload = workload;
        this.requester = workload.netns();
        this.needs = needs;
    }

    /**
     * From the first pool that has one; a pool is left for the next only when no block of it is to
     * be had.
     */
    Optional<BlockAddress> any(List<Pool> pools) {
        for (Pool pool : pools) {
            Optional<BlockAddress> cool = fullest(pool, pool.cooldown().time());
            if (cool.isPresent()) {
                return cool;
            }
            if (node.unavailable(Need.anyOf(pool.id()), now).isEmpty()) {
                needs.add(Need.anyOf(pool.id()));
                return Optional.empty();
            }
            Optional<BlockAddress> early = fullest(pool, pool.cooldown().whenExhausted());
            if (early.isPresent()) {
                return early;
            }
        }
        throw Shortage.exhausted(node, pools, workload.namespace()).asException();
    }

    /** From the fullest block that can give, so that the others drain and can go back. */
    private Optional<BlockAddress> fullest(Pool pool, Duration cooldown) {
        Optional<BlockAddress> best = Optional.empty();
        int held = -1;
        for (Block block : node.blocks(pool.id())) {
            if (block.held() > held) {
                OptionalInt ordinal = block.pick(now.boot(), cooldown, requester);
                if (ordinal.isPresent()) {
                    best = Optional.of(new BlockAddress(block.id(), ordinal.getAsInt()));
                    held = block.held();
                }
            }
        }
        return best;
    }

    /** That very address of that pool, whose block is claimed if it is free. */
    Optional<BlockAddress> exactly(Address address, Pool pool) {
        var id = new BlockId(pool.id(), pool.blockOf(address));
        Need need = Need.exactly(id);
        Optional<Block> block = node.block(id);
        boolean quarantined = block.filter(b -> b.ownership() instanceof Quarantined).isPresent();
        if (quarantined || (block.isEmpty() && node.unavailable(need, now).isPresent())) {
            throw Reason.ADDRESS_ELSEWHERE
                    .because(
                            "%s of pool \"%s\" is in a block that this node cannot use: %s"
                                    .formatted(address, pool.name(), id))
                    .with("pool", pool.name())
                    .with("value", address.toString())
                    .asException();
        }
        if (block.filter(Block::isOwned).isEmpty()) {
            needs.add(need);
            return Optional.empty();
        }
        int ordinal = id.cidr().ordinalOf(address);
        if (!block.get().canGive(ordinal, now.boot(), pool.cooldown().time(), requester)) {
            throw taken(address, pool, block.get(), ordinal);
        }
        return Optional.of(new BlockAddress(id, ordinal));
    }

    private RejectedException taken(Address address, Pool pool, Block block, int ordinal) {
        if (!block.isHeld(ordinal)) {
            return Reason.ADDRESS_RESTING
                    .because(
                            "%s of pool \"%s\" was released and rests"
                                    .formatted(address, pool.name()))
                    .with("pool", pool.name())
                    .with("value", address.toString())
                    .asException();
        }
        var holder = new BlockAddress(block.id(), ordinal);
        String who =
                node.allocations().stream()
                        .filter(allocation -> allocation.addresses().contains(holder))
                        .map(Allocation::attachment)
                        .findFirst()
                        .map(Object::toString)
                        .orElse("nobody known");
        return Reason.ADDRESS_IN_USE
                .because("%s of pool \"%s\" is held by %s".formatted(address, pool.name(), who))
                .with("pool", pool.name())
                .with("value", address.toString())
                .asException();
    }
}
