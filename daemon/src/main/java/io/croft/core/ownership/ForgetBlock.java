package io.croft.core.ownership;

import io.croft.core.block.BlockId;
import io.croft.core.block.Ownership.Returning;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;

/**
 * The store does not show a returning block as this node's any more. False: it was not returning.
 */
public record ForgetBlock(BlockId block) implements Command<Boolean> {
    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        return node.block(block).filter(b -> b.ownership() instanceof Returning).isPresent()
                ? Decision.accept(true, new Event.BlockForgotten(block))
                : Decision.answer(false);
    }
}
