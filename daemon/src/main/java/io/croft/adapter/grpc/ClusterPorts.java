package io.croft.adapter.grpc;

import io.croft.node.port.BlockStore;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.Mirror;
import java.util.concurrent.CompletionStage;

/**
 * What an agent's operators may see and do beyond its node.
 *
 * @param leaving how this node leaves
 */
public record ClusterPorts(
        ClusterDirectory directory, BlockStore blocks, Mirror mirror, Leaving leaving) {
    /** How a node leaves for good. */
    @FunctionalInterface
    public interface Leaving {
        /**
         * Begins, or joins what was begun. Completes when the node has left; fails with
         * NODE_NOT_EMPTY while an address is held. Any thread.
         */
        CompletionStage<Boolean> leave();
    }
}
