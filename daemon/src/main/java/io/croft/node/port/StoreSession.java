package io.croft.node.port;

import java.util.concurrent.CompletionStage;

/**
 * Whether the store that answers is the one that was there before. Outcome and threading as in
 * {@link BlockStore}.
 *
 * <p>Between the loss of the link and the next {@link #check} that completes, claims and returns
 * fail.
 */
public interface StoreSession {
    /**
     * Reads what the store says of itself, and compares it with all that was seen of it, by this
     * client and by others. A store that went back is frozen by this very call.
     */
    CompletionStage<StoreState> check();

    /**
     * Freezes the store: somebody holds proof that it went back. Freezing a frozen one changes
     * nothing.
     *
     * @param proof a sentence, for the operator
     */
    CompletionStage<StoreState> freeze(String proof);

    /**
     * The install has re-asserted all its blocks in this freeze; counts for nothing in a store that
     * is not in it any more.
     *
     * @param in what the store said before the first block was re-asserted
     */
    CompletionStage<Void> asserted(Registrant by, StoreState in, AssertedBlocks word);

    /**
     * Calls back, on any thread, after the link to all of the store was lost or may have been: what
     * was so before may not be so any more.
     */
    void onLost(Runnable lost);
}
