package io.croft.adapter.grpc;

import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.PoolStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The pools of a test, which go when their blocks are gone. */
final class InMemoryPoolStore implements PoolStore {
    private final Predicate<Pool> inUse;
    private final Consumer<List<Pool>> used;
    private PoolSet all = PoolSet.EMPTY;

    /**
     * A store of a node's own.
     *
     * @param used hears of each change before its answer
     */
    InMemoryPoolStore(Predicate<Pool> inUse, Consumer<List<Pool>> used) {
        this.inUse = inUse;
        this.used = used;
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
            used.accept(all.pools().values().stream().map(StoredPool::pool).toList());
            return CompletableFuture.completedFuture(all);
        } catch (RejectedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    @Override
    public void watch(Runnable hint) {}
}
