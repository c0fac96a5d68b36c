package io.croft.node.port;

import io.croft.core.pool.PoolSet;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** The pools and external ranges of a cluster. Outcome and threading as in {@link BlockStore}. */
public interface PoolStore {
    /** What is so now. */
    CompletionStage<PoolSet> read();

    /**
     * Reads the set, edits it and writes it if nobody else did meanwhile; else does so again, a
     * bounded number of times. An edit that throws a {@link
     * io.croft.core.rejection.RejectedException} changes nothing and fails the stage with it; one
     * that returns its argument writes nothing. An edit that drops a pool of which a block is owned
     * is refused with POOL_NOT_EMPTY. Completes with the set that is there afterwards.
     */
    CompletionStage<PoolSet> change(UnaryOperator<PoolSet> edit);

    /**
     * As {@link #change}, for pools that a frozen store lost and that an install puts back: the
     * only change that a frozen store takes; every other is refused there with STORE_FROZEN.
     */
    default CompletionStage<PoolSet> restore(UnaryOperator<PoolSet> edit) {
        return change(edit);
    }

    /**
     * Calls back, on any thread, after the set may have changed. A hint: it may be late, doubled or
     * lost.
     */
    void watch(Runnable hint);
}
