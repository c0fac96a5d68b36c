package io.croft.core.serving;

import io.croft.core.block.Block;
import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.engine.Need;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The words for "no address": what is full, by how much, and what would help. */
final class Shortage {
    private Shortage() {}

    /** No block of these pools is to be had, and none of this node's has an address left. */
    static Rejection exhausted(NodeView node, List<Pool> pools, String namespace) {
        String what =
                pools.stream().map(pool -> describe(node, pool)).collect(Collectors.joining(", "));
        String whose = namespace.isEmpty() ? "" : " for namespace " + namespace;
        return Reason.POOL_EXHAUSTED
                .because(what)
                .remedy("add a pool" + whose + " or delete pods")
                .with("pool", pools.getFirst().name());
    }

    private static String describe(NodeView node, Pool pool) {
        Collection<Block> blocks = node.blocks(pool.id());
        int held = blocks.stream().mapToInt(Block::held).sum();
        int resting = blocks.stream().mapToInt(Block::restingCount).sum();
        int reserved = blocks.stream().mapToInt(Block::reserved).sum();
        int size = blocks.stream().mapToInt(Block::size).sum();
        String name = "pool \"%s\" %s".formatted(pool.name(), pool.cidr());
        if (size - reserved >= pool.capacity()) {
            return "%s: %d of %d held, %d resting".formatted(name, held, size - reserved, resting);
        }
        String why =
                pool.maxBlocks() > 0 && blocks.size() >= pool.maxBlocks()
                        ? "this node may own no more than %d blocks".formatted(pool.maxBlocks())
                        : "no block is free";
        return "%s: %s, and of this node's %d addresses %d are held, %d resting"
                .formatted(name, why, size - reserved, held, resting);
    }

    /** Blocks are on their way, or the store has not confirmed those that are here. */
    static Rejection pending(NodeView node, Set<Need> needs) {
        String names =
                needs.stream()
                        .flatMap(need -> node.pool(need.pool()).stream())
                        .map(pool -> "\"" + pool.name() + "\"")
                        .sorted()
                        .collect(Collectors.joining(", "));
        boolean unvalidated =
                node.blocks().stream().anyMatch(b -> b.ownership() instanceof Unvalidated);
        return unvalidated
                ? Reason.NOT_VALIDATED.because(
                        "the blocks of pool %s are not confirmed since the start".formatted(names))
                : Reason.BLOCK_PENDING.because(
                        "pool %s: no block was claimed in time".formatted(names));
    }
}
