package io.croft.core.ownership;

import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;
import java.util.Optional;

/**
 * From this block nobody gets an address any more; those held stay until their release. False: it
 * is not known.
 */
public record QuarantineBlock(BlockId block, Cause cause) implements Command<Boolean> {
    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        return node.block(block).isPresent()
                ? Decision.accept(true, new Event.BlockQuarantined(block, cause, Optional.empty()))
                : Decision.answer(false);
    }
}
