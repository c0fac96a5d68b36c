package io.croft.adapter.grpc;

import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.PoolStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The pools of a test, which go when their blocks are gone. */
final class InMemoryPoolStore implements PoolStore {
    private final Predicate<Pool> inUse;
    private PoolSet all = PoolSet.EMPTY;

    InMemoryPoolStore(Predicate<Pool> inUse) {
        this.inUse = inUse;
    }

    @Override
    public synchronized CompletionStage<PoolSet> read() {
        return CompletableFuture.completedFuture(all);
    }

    @Override
    public synchronized CompletionStage<PoolSet> change(UnaryOperator<PoolSet> edit) {
        try {
            PoolSet next = edit.apply(all);
            for (StoredPool old : all.pools().values()) {
                if (next.find(old.pool().id()).isEmpty() && inUse.test(old.pool())) {
                    throw Reason.POOL_NOT_EMPTY.because("blocks are owned").asException();
                }
            }
            all = next;
            return CompletableFuture.completedFuture(all);
        } catch (RejectedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    @Override
    public void watch(Runnable hint) {}
}
