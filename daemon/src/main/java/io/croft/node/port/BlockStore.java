package io.croft.node.port;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.rejection.Rejection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Who owns which block. Ownership never expires: a block changes hands by a claim of a free one, or
 * by its owner's return.
 *
 * <p><b>Outcome.</b> A stage that completes with an answer tells what is so. One that fails tells
 * nothing: the change may have been made, or may still be made; read the block, or send the
 * identical change again, which does no harm.
 *
 * <p><b>Threading.</b> Any thread calls. Nothing blocks. Stages complete on a thread of the
 * store's: hand over before going on.
 */
public interface BlockStore {
    /** The answer to a claim. */
    sealed interface ClaimAnswer {
        /** The block is the claimant's, under the intent's token. */
        record Won() implements ClaimAnswer {}

        /** The block is not as expected; nothing was changed. */
        record Lost(Optional<BlockOwner> now) implements ClaimAnswer {}

        /**
         * The claim is not allowed now (pool gone, install superseded, store frozen); nothing was
         * changed.
         */
        record Denied(Rejection why) implements ClaimAnswer {}
    }

    /**
     * If the block is as the intent expects and the incarnation is the claimant's: makes it theirs.
     * Idempotent by the token.
     */
    CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by);

    /** What is so now, not a cached copy; empty: never owned. */
    CompletionStage<Optional<BlockOwner>> read(BlockId block);

    /**
     * If the block is owned under the token and the incarnation is the owner's: leaves a tombstone
     * with that token. True: the block is not the owner's under that token, by this call or before
     * it.
     */
    CompletionStage<Boolean> giveBack(BlockId block, Token token, Registrant by);

    /** All blocks that an install owns now. */
    CompletionStage<Map<BlockId, Token>> owned(UUID install);
}
