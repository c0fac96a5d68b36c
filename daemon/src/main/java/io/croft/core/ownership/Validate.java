package io.croft.core.ownership;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.block.Token;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The journal against the store: a block under the same token is owned again. Another one is
 * forgotten if it is empty, else quarantined: its pods live on, and it is never taken back.
 *
 * @param owned what the store says that this install owns; empty: it does not answer, and the
 *     journal is trusted
 * @param trusted blocks that were owned, unconfirmed, when the store was asked: under another token
 *     they are quarantined
 */
public record Validate(Optional<Map<BlockId, Token>> owned, Map<BlockId, Token> trusted)
        implements Command<Integer> {
    /** Blocks judged at once, so that they fit into one record of the journal. */
    public static final int MOST = 1000;

    public Validate {
        trusted = Map.copyOf(trusted);
    }

    /** Of unvalidated blocks only. */
    public Validate(Optional<Map<BlockId, Token>> owned) {
        this(owned, Map.of());
    }

    /** How many blocks were judged; ask again while some are unvalidated. */
    @Override
    public Decision<Integer> decide(NodeView node, Moment now) {
        List<Event> events = new ArrayList<>();
        // Those that were trusted first: the rest is asked for again while it is unvalidated.
        for (Block block : node.blocks()) {
            if (events.size() < MOST
                    && block.ownership() instanceof Owned(Token token)
                    && token.equals(trusted.get(block.id()))
                    && !isMine(block, token)) {
                events.add(quarantine(block));
            }
        }
        for (Block block : node.blocks()) {
            if (events.size() < MOST && block.ownership() instanceof Unvalidated(Token token)) {
                events.add(
                        isMine(block, token) ? new Event.BlockValidated(block.id()) : give(block));
            }
        }
        return new Decision.Accepted<>(events, events.size());
    }

    private static Event give(Block block) {
        return block.isEmpty() ? new Event.BlockForgotten(block.id()) : quarantine(block);
    }

    private static Event quarantine(Block block) {
        return new Event.BlockQuarantined(block.id(), Cause.FOREIGN_TOKEN, Optional.empty());
    }

    private boolean isMine(Block block, Token token) {
        return owned.isEmpty() || token.equals(owned.get().get(block.id()));
    }
}
