package io.croft.node.keeper;

import io.croft.core.engine.NodeView;
import io.croft.core.ownership.UsePools;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.time.Backoff;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.PoolStore;
import io.croft.node.port.StoreState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the node's pools those of the store: reads them at the start, after a hint, and every 30 s
 * because hints are lost. While the store is frozen, or was not asked what it is, no pool is
 * dropped.
 *
 * <p>It is itself a store of pools, the one that the API changes: the store's, with an answer that
 * waits until this node uses the change.
 */
public final class PoolSync implements Duty, PoolStore {
    /** Between two readings that no hint asked for. */
    public static final Duration PERIOD = Duration.ofSeconds(30);

    /** After failures; a store that is down is not asked without end. */
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(15));

    private final PoolStore store;
    private final EngineLoop loop;
    private final Supplier<Optional<StoreState>> standing;
    private final Supplier<Double> spread;
    private final AtomicBoolean hinted = new AtomicBoolean(true);
    private PoolSet known = PoolSet.EMPTY;
    private long generation;
    private Optional<StoreState> looked = Optional.empty();
    private final List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
    private boolean applying;
    private boolean inUse;
    private int failures;
    private boolean reading;
    private BootTime due = BootTime.ZERO;
    private BootTime seen = BootTime.ZERO;
    private BootTime restsUntil = BootTime.ZERO;

    /**
     * @param standing what the store last said of itself; empty: it must be asked again first
     */
    public PoolSync(
            PoolStore store,
            EngineLoop loop,
            Supplier<Optional<StoreState>> standing,
            Supplier<Double> spread) {
        this.store = store;
        this.loop = loop;
        this.standing = standing;
        this.spread = spread;
    }

    /** Listens for hints from now on. */
    public void start() {
        store.watch(() -> {
            hinted.set(true);
            loop.execute(() -> {});
        });
    }

    /** Whether the node has all pools of some answer of the store. */
    public boolean isInUse() {
        return inUse;
    }

    /** Whether all pools of some answer are in use, or the store was asked and did not answer. */
    public boolean hasLooked() {
        return inUse || failures > 0;
    }

    /** How many blocks of the pool claims choose among; 0: the pool is not known. */
    long span(PoolId id) {
        return known.find(id).map(StoredPool::span).orElse(0L);
    }

    /** Doubles the span of a pool that claims find crowded. */
    void widen(PoolId id) {
        long from = span(id);
        reading = true;
        store.change(set -> set.widen(id, from)).whenCompleteAsync(this::answered, loop);
    }

    /** Whether a call is on its way, or failed just now. */
    boolean isBusy() {
        return reading || seen.isBefore(restsUntil);
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        seen = now.boot();
        if (!looked.equals(standing.get())) {
            looked = standing.get();
            if (looked.isPresent()) {
                hinted.set(true);
                restsUntil = BootTime.ZERO;
            }
        }
        boolean wanted = hinted.get() || !now.boot().isBefore(due);
        if (wanted && !isBusy()) {
            hinted.set(false);
            reading = true;
            due = now.boot().plus(PERIOD);
            store.read().whenCompleteAsync(this::answered, loop);
        }
        return reading ? BootTime.NEVER : due.max(restsUntil);
    }

    private void answered(@Nullable PoolSet set, @Nullable Throwable failure) {
        reading = false;
        if (set == null) {
            rest();
            due = due.min(restsUntil);
            return;
        }
        failures = 0;
        keep(set);
        apply();
    }

    private void rest() {
        failures++;
        restsUntil = seen.plus(BACKOFF.after(failures, spread.get()));
    }

    /**
     * Answers may overtake each other: the older one is passed over. In another generation the
     * store was put back from a copy, and counts anew.
     */
    private void keep(PoolSet set) {
        long now = standing.get().map(StoreState::generation).orElse(generation);
        if (set.revision() >= known.revision() || now != generation) {
            known = set;
            generation = now;
        }
    }

    @Override
    public CompletionStage<PoolSet> read() {
        return store.read();
    }

    /** Completes when the next request on this node sees the change. */
    @Override
    public CompletionStage<PoolSet> change(UnaryOperator<PoolSet> edit) {
        return store.change(edit).thenCompose(set -> use(set).thenApply(_ -> set));
    }

    @Override
    public void watch(Runnable hint) {
        store.watch(hint);
    }

    private CompletionStage<Boolean> use(PoolSet set) {
        var used = new CompletableFuture<Boolean>();
        loop.execute(() -> {
            waiting.add(used);
            keep(set);
            apply();
        });
        return used;
    }

    /** One proposal at a time, always of the latest set: two at once could undo each other. */
    private void apply() {
        if (applying) {
            return;
        }
        applying = true;
        PoolSet proposed = known;
        List<Pool> pools = proposed.pools().values().stream().map(StoredPool::pool).toList();
        boolean believed = standing.get().filter(store -> !store.frozen()).isPresent();
        loop.propose(new UsePools(pools, believed))
                .whenComplete((changed, refused) -> {
                    applying = false;
                    if (refused != null) {
                        settle(refused);
                        hinted.set(true);
                        rest();
                    } else if (changed > 0 || !proposed.equals(known)) {
                        apply();
                    } else {
                        inUse = true;
                        settle(null);
                    }
                });
    }

    private void settle(@Nullable Throwable refused) {
        for (CompletableFuture<Boolean> each : waiting) {
            if (refused == null) {
                each.complete(true);
            } else {
                each.completeExceptionally(refused);
            }
        }
        waiting.clear();
    }
}
