package io.croft.core.engine;

import io.croft.core.block.BlockId;
import io.croft.core.pool.PoolId;
import java.util.Optional;

/** What a waiting request lacks: any block of the pool, or this one. */
public record Need(PoolId pool, Optional<BlockId> block) {
    public static Need anyOf(PoolId pool) {
        return new Need(pool, Optional.empty());
    }

    public static Need exactly(BlockId block) {
        return new Need(block.pool(), Optional.of(block));
    }
}
