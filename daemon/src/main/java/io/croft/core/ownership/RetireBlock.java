package io.croft.core.ownership;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;

/** An empty block goes back; there is no way back from here. False: it is in use again. */
public record RetireBlock(BlockId block) implements Command<Boolean> {
    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        return node.block(block).filter(b -> b.isOwned() && b.isEmpty()).map(Block::id).isPresent()
                ? Decision.accept(true, new Event.BlockRetired(block))
                : Decision.answer(false);
    }
}
