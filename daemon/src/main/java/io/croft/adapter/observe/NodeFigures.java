package io.croft.adapter.observe;

import io.croft.core.block.Block;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.time.Moment;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The node in numbers at one moment; what gauges show.
 *
 * @param blocks number of blocks by the lower-case name of their ownership
 * @param queued requests that wait for the loop
 * @param parked requests that wait for a block
 */
public record NodeFigures(
        boolean serving,
        List<PoolFigures> pools,
        Map<String, Integer> blocks,
        long journalBytes,
        int queued,
        int parked,
        StoreFigures store,
        GarbageFigures garbage) {
    /** What is shown while the loop does not answer. */
    public static final NodeFigures NONE =
            new NodeFigures(
                    false,
                    List.of(),
                    Map.of(),
                    0,
                    0,
                    0,
                    new StoreFigures(false, false, 0),
                    new GarbageFigures(0, false, false));

    public NodeFigures {
        pools = List.copyOf(pools);
        blocks = Map.copyOf(blocks);
    }

    /**
     * The store, as this node's duties see it.
     *
     * @param answering when it was last asked
     */
    public record StoreFigures(boolean answering, boolean frozen, double poolsAgeSeconds) {}

    /**
     * What pods left behind.
     *
     * @param absent attachments of which nothing was found
     * @param braked they are too many
     * @param blind there was no complete inventory for long
     */
    public record GarbageFigures(int absent, boolean braked, boolean blind) {}

    /**
     * One pool.
     *
     * @param capacity of the whole pool; the others are of this node's blocks
     */
    public record PoolFigures(
            String pool, long capacity, long inUse, long resting, long reserved, long free) {
        static PoolFigures of(Pool pool, Collection<Block> blocks, Moment now) {
            long inUse = 0;
            long resting = 0;
            long reserved = 0;
            long free = 0;
            for (Block block : blocks) {
                inUse += block.held();
                resting += block.resting(now.boot(), pool.cooldown().time());
                reserved += block.reserved();
                free += block.isOwned() ? block.free(now.boot(), pool.cooldown().time()) : 0;
            }
            return new PoolFigures(pool.name(), pool.capacity(), inUse, resting, reserved, free);
        }
    }

    /** Counts what the state holds. On the loop's thread. */
    public static NodeFigures of(
            NodeView node,
            Moment now,
            boolean serving,
            long journalBytes,
            int queued,
            int parked,
            StoreFigures store,
            GarbageFigures garbage) {
        var blocks = new TreeMap<String, Integer>();
        for (Block block : node.blocks()) {
            String state = block.ownership().getClass().getSimpleName().toLowerCase(Locale.ROOT);
            blocks.merge(state, 1, Integer::sum);
        }
        List<PoolFigures> pools =
                node.pools().stream()
                        .map(pool -> PoolFigures.of(pool, node.blocks(pool.id()), now))
                        .toList();
        return new NodeFigures(
                serving, pools, blocks, journalBytes, queued, parked, store, garbage);
    }
}
