package io.croft.adapter.etcd;

import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.pool.PoolSet;
import io.croft.node.port.Install;
import java.util.Map;

/** The content of one node's embedded store, on its way into a cluster's. */
public record EmbeddedContent(PoolSet pools, Install install, Map<BlockId, Token> blocks) {
    public EmbeddedContent {
        blocks = Map.copyOf(blocks);
    }
}
