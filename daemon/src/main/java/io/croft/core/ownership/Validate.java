package io.croft.core.ownership;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.block.Token;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The journal against the store: a block under the same token is owned again. Another one is
 * forgotten if it is empty, else quarantined: its pods live on, and it is never taken back.
 *
 * @param owned what the store says that this install owns; empty: it does not answer, and the
 *     journal is trusted
 */
public record Validate(Optional<Map<BlockId, Token>> owned) implements Command<List<BlockId>> {
    /** The blocks that are not this install's any more. */
    @Override
    public Decision<List<BlockId>> decide(NodeView node, Moment now) {
        List<Event> events =
                node.blocks().stream()
                        .filter(block -> block.ownership() instanceof Unvalidated)
                        .map(this::judge)
                        .toList();
        List<BlockId> lost =
                node.blocks().stream()
                        .filter(block ->
                                block.ownership() instanceof Unvalidated(Token token)
                                        && !isOwned(block, token))
                        .map(Block::id)
                        .toList();
        return new Decision.Accepted<>(events, lost);
    }

    private Event judge(Block block) {
        if (block.ownership() instanceof Unvalidated(Token token) && isOwned(block, token)) {
            return new Event.BlockValidated(block.id());
        }
        return block.isEmpty()
                ? new Event.BlockForgotten(block.id())
                : new Event.BlockQuarantined(block.id(), Cause.FOREIGN_TOKEN, Optional.empty());
    }

    private boolean isOwned(Block block, Token token) {
        return owned.isEmpty() || token.equals(owned.get().get(block.id()));
    }
}
