package io.croft.core.ownership;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.block.Ownership.Returning;
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
import java.util.OptionalLong;

/**
 * The journal against the store: a block under the same token is owned again. Another one is
 * forgotten if it is empty, else quarantined: its pods live on, and it is never taken back. Once
 * they are gone it is forgotten, or returned where it is this node's after all.
 *
 * @param owned what the store says that this install owns; empty: it does not answer, and the
 *     journal is trusted
 * @param trusted blocks that were owned, unconfirmed, when the store was asked: under another token
 *     they are quarantined
 * @param generation of the store that answered; journalled when nothing is left to judge
 */
public record Validate(
        Optional<Map<BlockId, Token>> owned, Map<BlockId, Token> trusted, OptionalLong generation)
        implements Command<Integer> {
    /** Blocks judged at once, so that they fit into one record of the journal. */
    public static final int MOST = 1000;

    public Validate {
        trusted = Map.copyOf(trusted);
    }

    /** The store does not answer, and the journal is trusted. */
    public static Validate trusting() {
        return new Validate(Optional.empty(), Map.of(), OptionalLong.empty());
    }

    /** How many blocks were judged; ask again until it is none. */
    @Override
    public Decision<Integer> decide(NodeView node, Moment now) {
        List<Event> events = new ArrayList<>();
        for (Block block : node.blocks()) {
            if (events.size() < MOST) {
                judge(node, block, now).ifPresent(events::add);
            }
        }
        int judged = events.size();
        if (judged < MOST
                && generation.isPresent()
                && (generation.getAsLong() != node.comparedGeneration()
                        || !node.comparedIn().equals(node.bootId()))) {
            events.add(new Event.StoreCompared(generation.getAsLong(), node.bootId()));
        }
        return new Decision.Accepted<>(events, judged);
    }

    private Optional<Event> judge(NodeView node, Block block, Moment now) {
        return switch (block.ownership()) {
            case Owned(Token token) ->
                    token.equals(trusted.get(block.id())) && !isMine(block, token)
                            ? Optional.of(quarantine(block))
                            : Optional.empty();
            case Unvalidated(Token token) ->
                    Optional.of(
                            isMine(block, token)
                                    ? new Event.BlockValidated(block.id())
                                    : block.isEmpty() ? forget(block) : quarantine(block));
            // What was quarantined because it is another's need not be remembered without pods.
            case Quarantined(Token token, Cause cause) ->
                    cause == Cause.FOREIGN_TOKEN
                                    && owned.isPresent()
                                    && block.isSpent(now.boot(), node.cooldown(block.id().pool()))
                            ? Optional.of(isMine(block, token) ? retire(block) : forget(block))
                            : Optional.empty();
            case Claiming claiming -> Optional.empty();
            case Returning returning -> Optional.empty();
        };
    }

    /** Given back to this node by a re-assertion; it is never taken up again. */
    private static Event retire(Block block) {
        return new Event.BlockRetired(block.id());
    }

    private static Event forget(Block block) {
        return new Event.BlockForgotten(block.id());
    }

    private static Event quarantine(Block block) {
        return new Event.BlockQuarantined(block.id(), Cause.FOREIGN_TOKEN, Optional.empty());
    }

    private boolean isMine(Block block, Token token) {
        return owned.isEmpty() || token.equals(owned.get().get(block.id()));
    }
}
