package io.croft.adapter.grpc;

import io.croft.adapter.wire.PoolWire;
import io.croft.core.block.Block;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.pool.StoredPool;
import io.croft.core.time.Moment;
import io.croft.proto.v1.PoolUsage;

/** How full a pool is, as this node knows it. */
final class Usage {
    private Usage() {}

    static io.croft.proto.v1.Pool write(StoredPool stored, NodeView node, Moment now) {
        return PoolWire.write(stored.pool()).toBuilder()
                .setEtag(stored.etag())
                .setUsage(of(stored.pool(), node, now))
                .build();
    }

    private static PoolUsage of(Pool pool, NodeView node, Moment now) {
        int owned = 0;
        int held = 0;
        int resting = 0;
        int reserved = 0;
        int free = 0;
        for (Block block : node.blocks(pool.id())) {
            owned += block.isOwned() ? 1 : 0;
            held += block.held();
            resting += block.resting(now.boot(), pool.cooldown().time());
            reserved += block.reserved();
            free += block.free(now.boot(), pool.cooldown().time());
        }
        return PoolUsage.newBuilder()
                .setCapacity(pool.capacity())
                .setBlocks(pool.blocks())
                .setOwnedBlocks(owned)
                .setHeld(held)
                .setResting(resting)
                .setReserved(reserved)
                .setFree(free)
                .build();
    }
}
