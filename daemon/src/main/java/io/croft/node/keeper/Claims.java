package io.croft.node.keeper;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.engine.Need;
import io.croft.core.engine.NodeView;
import io.croft.core.ownership.BeginClaim;
import io.croft.core.ownership.NoteUnavailable;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.time.Backoff;
import io.croft.core.time.BootTime;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.BlockPage;
import io.croft.node.port.BlockStore;
import io.croft.node.port.Registrant;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds blocks and begins claims of them. What is begun stands in the journal; {@link OpenCalls}
 * sends it.
 */
final class Claims {
    private static final int MOST_OPEN = 8;

    /** A journal without room refuses the same again at once. */
    private static final Duration AFTER_REFUSAL = Duration.ofMillis(100);

    /** A round through a large pool takes its time: that many pages, then a rest. */
    private static final int MOST_PAGES = 4;

    private static final Duration PAGES_REST = Duration.ofMillis(100);

    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(200), Duration.ofSeconds(15));

    private final BlockStore store;
    private final PoolSync pools;
    private final PressureWatch pressure;
    private final EngineLoop loop;
    private final ClaimChoice choice;
    private final Retries<PoolId> pages;
    private final Set<PoolId> looking = new HashSet<>();
    private final Set<BlockId> proposed = new HashSet<>();
    private Optional<Registrant> me = Optional.empty();
    private BootTime now = BootTime.ZERO;
    private BootTime restedAt = BootTime.ZERO;
    private int pagesSince;
    private BootTime refusedUntil = BootTime.ZERO;
    private boolean begun;

    Claims(
            BlockStore store,
            PoolSync pools,
            PressureWatch pressure,
            EngineLoop loop,
            ClaimChoice choice,
            Supplier<Double> spread) {
        this.store = store;
        this.pools = pools;
        this.pressure = pressure;
        this.loop = loop;
        this.choice = choice;
        this.pages = new Retries<>(BACKOFF, spread);
    }

    void begin(Registrant by, BootTime at) {
        if (!me.equals(Optional.of(by))) {
            // Registered anew: what stands in the store may be another one's by now.
            choice.forget();
        }
        me = Optional.of(by);
        now = at;
    }

    /** Whether claims were begun since the last call, or are being begun. */
    boolean takeBegun() {
        boolean taken = begun || !proposed.isEmpty();
        begun = false;
        return taken;
    }

    /** Whether the journal takes claims. */
    boolean isOpen() {
        return !now.isBefore(refusedUntil);
    }

    /** Claims what parked requests lack, or notes that it is not to be had. */
    void meet(NodeView node, Need need, int count) {
        Optional<Pool> pool = node.pool(need.pool());
        if (pool.isEmpty()) {
            return;
        }
        if (need.block().isPresent()) {
            exactly(node, pool.get(), need);
        } else if (open(node, pool.get()) == 0) {
            any(node, pool.get(), count, true);
        }
    }

    private void exactly(NodeView node, Pool pool, Need need) {
        BlockId id = need.block().orElseThrow();
        if (node.block(id).isPresent() || proposed.contains(id)) {
            return;
        }
        if (isAtLimit(node, pool) || choice.isOwnedElsewhere(id)) {
            choice.forget(id);
            note(need);
        } else {
            claim(choice.intent(id, generation()));
        }
    }

    private long generation() {
        return me.orElseThrow().generation();
    }

    /**
     * Claims blocks for so many addresses. False: none is to be had.
     *
     * @param waited whether somebody waits for them
     */
    boolean any(NodeView node, Pool pool, int addresses, boolean waited) {
        long span = pools.span(pool.id());
        if (span == 0) {
            // Not in the store, or not any more: no block of it will come.
            noteIfIdle(node, pool);
            return false;
        }
        int wanted =
                Math.min(MOST_OPEN, Math.ceilDiv(addresses, pool.blockSize())) - open(node, pool);
        for (int i = 0; i < wanted && !looking.contains(pool.id()); i++) {
            if (isAtLimit(node, pool)) {
                noteIfIdle(node, pool);
                return false;
            }
            switch (choice.any(node, pool, span, generation(), proposed, now)) {
                case ClaimChoice.Step.Claim(ClaimIntent intent) -> claim(intent);
                case ClaimChoice.Step.Look(long from) -> {
                    look(pool, from);
                    return true;
                }
                case ClaimChoice.Step.Exhausted() -> {
                    return exhausted(node, pool, span, waited);
                }
            }
        }
        return true;
    }

    private boolean exhausted(NodeView node, Pool pool, long span, boolean waited) {
        if (span < pool.blocks()) {
            widen(pool);
            return true;
        }
        noteIfIdle(node, pool);
        if (waited) {
            pressure.raise(pool.id(), now);
        }
        return false;
    }

    private void widen(Pool pool) {
        if (!pools.isBusy()) {
            pools.widen(pool.id());
        }
    }

    private void look(Pool pool, long from) {
        if (!now.isBefore(restedAt.plus(PAGES_REST))) {
            restedAt = now;
            pagesSince = 0;
        }
        if (pagesSince >= MOST_PAGES || !pages.isDue(pool.id(), now)) {
            return;
        }
        pagesSince++;
        looking.add(pool.id());
        store.page(pool, from, Search.PAGE)
                .whenCompleteAsync((page, _) -> shown(pool, from, page), loop);
    }

    private void shown(Pool pool, long from, @Nullable BlockPage page) {
        looking.remove(pool.id());
        if (page == null) {
            pages.failed(pool.id(), now);
            return;
        }
        pages.succeeded(pool.id());
        if (choice.learn(pool, from, page, now) && pools.span(pool.id()) < pool.blocks()) {
            widen(pool);
        }
    }

    /**
     * Believed for a while, also when nobody waits: what all blocks were told is not asked each
     * second.
     */
    private void noteIfIdle(NodeView node, Pool pool) {
        if (open(node, pool) == 0) {
            note(Need.anyOf(pool.id()));
        }
    }

    private void claim(ClaimIntent intent) {
        proposed.add(intent.block());
        loop.propose(new BeginClaim(intent))
                .whenComplete((_, refused) -> {
                    proposed.remove(intent.block());
                    begun = true;
                    rest(refused);
                });
    }

    private void note(Need need) {
        loop.propose(new NoteUnavailable(need)).whenComplete((_, refused) -> rest(refused));
    }

    private void rest(@Nullable Throwable refused) {
        if (refused != null) {
            refusedUntil = now.plus(AFTER_REFUSAL);
        }
    }

    private int open(NodeView node, Pool pool) {
        long claiming =
                node.blocks(pool.id()).stream()
                        .filter(block -> block.ownership() instanceof Claiming)
                        .count();
        return (int) claiming + begun(pool);
    }

    private int begun(Pool pool) {
        return (int) proposed.stream().filter(id -> id.pool().equals(pool.id())).count();
    }

    private boolean isAtLimit(NodeView node, Pool pool) {
        return pool.maxBlocks() > 0
                && node.blocks(pool.id()).size() + begun(pool) >= pool.maxBlocks();
    }

    void keepOnly(NodeView node) {
        choice.keepOnly(node);
        pages.keepOnly(id -> node.pool(id).isPresent());
    }
}
