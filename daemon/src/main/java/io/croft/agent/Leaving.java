package io.croft.agent;

import io.croft.core.block.Block;
import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.Look;
import io.croft.core.time.Clock;
import io.croft.node.loop.EngineLoop;
import io.croft.node.membership.Registration;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.Registrant;
import java.util.concurrent.CompletionStage;

/** How a node leaves its cluster: its pods first, then its blocks, then its name. */
record Leaving(
        EngineLoop loop, ClusterDirectory directory, Registration registration, Clock clock) {
    CompletionStage<Void> leave() {
        return loop.submit(
                        new Look<>((node, now) -> leaver(node)),
                        clock.now().boot().plus(Timings.ADD_WAIT))
                .thenCompose(directory::leave);
    }

    /** On the loop's thread: who leaves, or what is still to be given back. */
    private Registrant leaver(NodeView node) {
        int held = 0;
        for (Block block : node.blocks()) {
            held += block.held();
        }
        int blocks = node.blocks().size();
        if (held > 0 || blocks > 0) {
            throw Reason.NODE_NOT_EMPTY
                    .because(
                            "node \"%s\" holds %d addresses and has %d blocks"
                                    .formatted(node.profile().name(), held, blocks))
                    .remedy(
                            held > 0
                                    ? "drain the node's pods, then repeat"
                                    : "repeat until its blocks are back; an idle one goes after 5 min")
                    .with("held", Integer.toString(held))
                    .with("blocks", Integer.toString(blocks))
                    .asException();
        }
        return registration
                .registrant()
                .orElseThrow(() ->
                        Reason.STORE_UNAVAILABLE
                                .because("the node is not registered with the store")
                                .asException());
    }
}
