package io.croft.node.membership;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.block.Ownership.Returning;
import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.block.Token;
import io.croft.core.engine.NodeView;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** What the journal says of its blocks' tokens, at one moment. */
final class JournalTokens {
    private JournalTokens() {}

    /** Those that give addresses. */
    static Map<BlockId, Token> owned(NodeView node) {
        return of(
                node,
                block ->
                        block.ownership() instanceof Owned(Token token)
                                ? Optional.of(token)
                                : Optional.empty());
    }

    /** Those that the store showed under that token when it was last compared, or a claim since. */
    static Map<BlockId, Token> confirmed(NodeView node) {
        return of(
                node,
                block ->
                        switch (block.ownership()) {
                            case Owned(Token token) -> Optional.of(token);
                            case Unvalidated(Token token) -> Optional.of(token);
                            case Quarantined(Token token, Cause cause) ->
                                    Optional.of(token).filter(_ -> cause != Cause.FOREIGN_TOKEN);
                            case Returning returning -> Optional.empty();
                            case Claiming claiming -> Optional.empty();
                        });
    }

    /** All that it ever wrote and has not forgotten. */
    static Map<BlockId, Token> all(NodeView node) {
        return of(
                node,
                block ->
                        switch (block.ownership()) {
                            case Owned(Token token) -> Optional.of(token);
                            case Unvalidated(Token token) -> Optional.of(token);
                            case Quarantined(Token token, Cause cause) -> Optional.of(token);
                            case Returning(Token token) -> Optional.of(token);
                            case Claiming claiming -> Optional.empty();
                        });
    }

    private static Map<BlockId, Token> of(NodeView node, Function<Block, Optional<Token>> select) {
        Map<BlockId, Token> tokens = new TreeMap<>();
        for (Block block : node.blocks()) {
            select.apply(block).ifPresent(token -> tokens.put(block.id(), token));
        }
        return tokens;
    }
}
