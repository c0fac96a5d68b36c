package io.croft.node.port;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
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
 * identical change again, which does no harm. Every stage ends: a store that does not answer within
 * {@link io.croft.core.engine.Timings#STORE_CALL} fails it.
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
     * If the block is as the intent expects and incarnation and generation are the claimant's:
     * makes it theirs. Idempotent by the token.
     */
    CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by);

    /** What is so now, not a cached copy; empty: never owned. */
    CompletionStage<Optional<BlockOwner>> read(BlockId block);

    /**
     * If the block is owned under the token and the incarnation is the owner's: leaves a tombstone
     * with that token. True: the block is not the owner's under that token, by this call or before
     * it. False: the install is superseded or the store frozen; nothing was changed.
     */
    CompletionStage<Boolean> giveBack(BlockId block, Token token, Registrant by);

    /** All blocks that an install owns now. */
    CompletionStage<Map<BlockId, Token>> owned(UUID install);

    /**
     * What is so now of neighbouring blocks.
     *
     * @param from index of the first block
     * @param most records to read; blocks that were never owned do not count
     */
    CompletionStage<BlockPage> page(Pool pool, long from, int most);

    /**
     * In a frozen store: if the block's token is lower than that one, or there is none, makes the
     * block the install's again under it. Completes with what is there afterwards. In a store that
     * is not frozen it only reads.
     */
    CompletionStage<Optional<BlockOwner>> reassert(BlockId block, Token token, Registrant by);
}
