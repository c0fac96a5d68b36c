package io.croft.core.ownership;

import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;

/**
 * The outcome of a claim is known: the store shows its token, or can never take it any more.
 * Settles that very claim or nothing.
 *
 * @param won the store shows this node's token
 */
public record SettleClaim(ClaimIntent intent, boolean won) implements Command<Boolean> {
    /** True: the block is owned. */
    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        boolean open =
                node.block(intent.block())
                        .filter(block ->
                                block.ownership() instanceof Claiming(ClaimIntent mine)
                                        && mine.equals(intent))
                        .isPresent();
        if (!open) {
            return Decision.answer(false);
        }
        return won
                ? Decision.accept(true, new Event.BlockAdopted(intent.block(), intent.next()))
                : Decision.accept(false, new Event.ClaimAbandoned(intent.block()));
    }
}
