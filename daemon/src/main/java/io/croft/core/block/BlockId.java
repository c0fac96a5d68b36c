package io.croft.core.block;

import io.croft.core.address.Cidr;
import io.croft.core.pool.PoolId;

/** One block of one pool. */
public record BlockId(PoolId pool, Cidr cidr) implements Comparable<BlockId> {
    @Override
    public int compareTo(BlockId other) {
        int byPool = pool.compareTo(other.pool);
        return byPool != 0 ? byPool : cidr.compareTo(other.cidr);
    }

    @Override
    public String toString() {
        return cidr.toString();
    }
}
