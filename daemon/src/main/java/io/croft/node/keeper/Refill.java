package io.croft.node.keeper;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolState;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How many addresses a pool should keep ready on this node: as many as were held at the peak of the
 * last minutes and are not now, and some more. Because the peak is remembered, a load that comes
 * and goes neither claims nor returns blocks.
 *
 * <p>Below half the target it asks for blocks up to the whole; above it, a block in which nothing
 * is held or cools goes back after {@link Timings#IDLE_BLOCK}.
 */
final class Refill {
    /** Ready addresses of a pool that is used little. */
    static final int LEAST_READY = 8;

    private static final int MOST_READY = 1024;

    /** What is asked of a pool now. */
    record Plan(int blocksToClaim, List<BlockId> blocksToReturn) {}

    /**
     * Beyond its demand a node keeps no more than this part of a pool: as many nodes as share one
     * leave each other something. About one block of the default size.
     */
    private static final int SHARES = 256;

    private final Supplier<Double> spread;
    private final Map<PoolId, Peak> peaks = new HashMap<>();
    private final Map<BlockId, BootTime> idleSince = new HashMap<>();

    Refill(Supplier<Double> spread) {
        this.spread = spread;
    }

    /**
     * @param pressed whether some node finds nothing in this pool: then nothing is kept ready
     */
    Plan plan(NodeView node, Pool pool, Moment now, boolean pressed) {
        int held = 0;
        int ready = 0;
        int claiming = 0;
        for (Block block : node.blocks(pool.id())) {
            held += block.held();
            ready += block.free(now.boot(), pool.cooldown().time());
            claiming += block.ownership() instanceof Claiming ? 1 : 0;
        }
        Peak peak = peaks.computeIfAbsent(pool.id(), id -> new Peak());
        peak.see(held, now.boot());
        boolean used =
                pool.state() == PoolState.ACTIVE
                        && node.profile().mayUse(pool)
                        && (peak.highest() > 0 || pool.access().byDefault());
        int more =
                (int) Math.min(pool.capacity() / SHARES, Math.max(LEAST_READY, peak.highest() / 8));
        int target = used && !pressed ? Math.min(MOST_READY, peak.highest() - held + more) : 0;
        int blockSize = pool.blockSize();
        int lacking = target - ready - claiming * blockSize;
        int claims = lacking > target / 2 ? Math.ceilDiv(lacking, blockSize) : 0;
        return new Plan(claims, idle(node, pool, ready - target, pressed, now.boot()));
    }

    private List<BlockId> idle(NodeView node, Pool pool, int spare, boolean pressed, BootTime now) {
        List<BlockId> back = new ArrayList<>();
        int left = spare;
        for (Block block : node.blocks(pool.id())) {
            boolean draining = pool.state() == PoolState.DRAINING;
            int ready = block.free(now, pool.cooldown().time());
            boolean spareable =
                    block.isOwned()
                            && block.isSpent(now, pool.cooldown().time())
                            && (draining || left >= ready);
            if (!spareable) {
                idleSince.remove(block.id());
                continue;
            }
            left -= ready;
            BootTime since = idleSince.computeIfAbsent(block.id(), id -> now);
            if (draining || !now.isBefore(since.plus(pressed ? soon() : Timings.IDLE_BLOCK))) {
                idleSince.remove(block.id());
                back.add(block.id());
            }
        }
        return back;
    }

    /** Spread, so that a pool that many press is not given back and taken in waves. */
    private Duration soon() {
        long least = Timings.PRESSED_BLOCK.toNanos();
        return Duration.ofNanos((long) (least * (1 + spread.get())));
    }

    /** Forgets what it remembers of pools that are gone. */
    void keepOnly(NodeView node) {
        peaks.keySet().removeIf(id -> node.pool(id).isEmpty());
        idleSince.keySet().removeIf(id -> node.block(id).isEmpty());
    }

    /** The most that were held in the present and the former half of the window. */
    private static final class Peak {
        private BootTime turned = BootTime.ZERO;
        private int present;
        private int former;

        void see(int held, BootTime now) {
            if (!now.isBefore(turned.plus(Timings.DEMAND_WINDOW.dividedBy(2)))) {
                former = present;
                present = held;
                turned = now;
            }
            present = Math.max(present, held);
        }

        int highest() {
            return Math.max(present, former);
        }
    }
}
