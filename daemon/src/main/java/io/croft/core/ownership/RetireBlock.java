package io.croft.core.ownership;

import io.croft.core.block.BlockId;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Cooldown;
import io.croft.core.time.Moment;
import java.time.Duration;

/**
 * A block that holds nothing, and in which nothing cools, goes back; there is no way back from
 * here. False: it is in use again.
 *
 * @param leaving the node gives all back: nothing runs on it any more, so the shortest cooldown
 *     does
 */
public record RetireBlock(BlockId block, boolean leaving) implements Command<Boolean> {
    public RetireBlock(BlockId block) {
        this(block, false);
    }

    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        Duration cooldown = leaving ? Cooldown.FLOOR : node.cooldown(block.pool());
        return node.block(block)
                        .filter(b -> b.isOwned() && b.isSpent(now.boot(), cooldown))
                        .isPresent()
                ? Decision.accept(true, new Event.BlockRetired(block))
                : Decision.answer(false);
    }
}
