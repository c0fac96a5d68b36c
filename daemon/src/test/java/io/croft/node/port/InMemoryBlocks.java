package io.croft.node.port;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Blocks of a store in memory, and what the store says of itself: frozen, restored, unfrozen. */
abstract class InMemoryBlocks implements BlockStore, StoreSession {
    final NavigableMap<BlockId, BlockOwner> blocks = new TreeMap<>();
    final Map<UUID, Install> installs = new TreeMap<>();
    PoolSet pools = PoolSet.EMPTY;
    private final Map<UUID, AssertedBlocks> asserted = new TreeMap<>();
    private final List<String> proofs = new ArrayList<>();
    private final List<Runnable> losses = new ArrayList<>();
    private long generation = 1;
    private boolean frozen;

    @Override
    public synchronized CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by) {
        return answer(decide(intent, by));
    }

    private ClaimAnswer decide(ClaimIntent intent, Registrant by) {
        BlockId block = intent.block();
        if (isSuperseded(by)) {
            return new ClaimAnswer.Denied(
                    Reason.INSTALL_SUPERSEDED.because("another incarnation registered"));
        }
        if (isTheirs(block, intent.next(), by)) {
            return new ClaimAnswer.Won();
        }
        if (frozen) {
            return new ClaimAnswer.Denied(Reason.STORE_FROZEN.because("the store is frozen"));
        }
        if (intent.next().generation() != generation) {
            return new ClaimAnswer.Denied(
                    Reason.STORE_UNAVAILABLE.because("the store has another generation"));
        }
        if (pools.find(block.pool()).isEmpty()) {
            return new ClaimAnswer.Denied(Reason.POOL_UNKNOWN.because("the pool is gone"));
        }
        BlockOwner now = blocks.get(block);
        boolean asExpected =
                now == null
                        ? intent.expected().isEmpty() && intent.from().isEmpty()
                        : intent.expected().filter(now.token()::equals).isPresent()
                                && intent.from().equals(now.install());
        if (!asExpected) {
            return new ClaimAnswer.Lost(Optional.ofNullable(now));
        }
        blocks.put(block, new BlockOwner(Optional.of(by.install()), by.node(), intent.next()));
        return new ClaimAnswer.Won();
    }

    final boolean isSuperseded(Registrant by) {
        Install now = installs.get(by.install());
        return now == null || now.incarnation() != by.incarnation();
    }

    private boolean isTheirs(BlockId block, Token token, Registrant by) {
        BlockOwner now = blocks.get(block);
        return now != null
                && now.token().equals(token)
                && now.install().equals(Optional.of(by.install()));
    }

    @Override
    public synchronized CompletionStage<Optional<BlockOwner>> read(BlockId block) {
        return answer(Optional.ofNullable(blocks.get(block)));
    }

    @Override
    public synchronized CompletionStage<Boolean> giveBack(
            BlockId block, Token token, Registrant by) {
        boolean theirs = isTheirs(block, token, by);
        boolean may = !isSuperseded(by) && !frozen;
        if (theirs && may) {
            blocks.put(block, new BlockOwner(Optional.empty(), "", token));
        }
        return answer(!theirs || may);
    }

    @Override
    public synchronized CompletionStage<BlockPage> page(Pool pool, long from, int most) {
        var owners = new TreeMap<BlockId, BlockOwner>();
        var first = new BlockId(pool.id(), pool.block(from));
        for (var entry : blocks.tailMap(first).entrySet()) {
            BlockId block = entry.getKey();
            if (!block.pool().equals(pool.id())) {
                break;
            }
            if (owners.size() == most) {
                long next = pool.cidr().indexOf(block.cidr().first(), pool.blockPrefix());
                return answer(new BlockPage(owners, OptionalLong.of(next)));
            }
            owners.put(block, entry.getValue());
        }
        return answer(new BlockPage(owners, OptionalLong.empty()));
    }

    @Override
    public synchronized CompletionStage<Optional<BlockOwner>> reassert(
            BlockId block, Token token, Registrant by) {
        BlockOwner now = blocks.get(block);
        if (frozen && (now == null || now.token().compareTo(token) < 0)) {
            blocks.put(block, new BlockOwner(Optional.of(by.install()), by.node(), token));
        }
        return answer(Optional.ofNullable(blocks.get(block)));
    }

    @Override
    public synchronized CompletionStage<StoreState> check() {
        return answer(state());
    }

    private StoreState state() {
        return new StoreState(
                generation, Optional.of("freeze " + proofs.size()).filter(_ -> frozen));
    }

    @Override
    public synchronized CompletionStage<StoreState> freeze(String proof) {
        if (!frozen) {
            asserted.clear();
            proofs.add(proof);
        }
        frozen = true;
        return check();
    }

    @Override
    public synchronized CompletionStage<Void> asserted(
            Registrant by, StoreState in, AssertedBlocks word) {
        if (state().equals(in) && frozen) {
            asserted.put(by.install(), word);
        }
        return CompletableFuture.completedFuture(null);
    }

    /** The installs that re-asserted since the freeze. */
    public synchronized Set<UUID> asserted() {
        return Set.copyOf(asserted.keySet());
    }

    /** The pools that an install could not bring back, and holds addresses in. */
    public synchronized List<String> givenUp(UUID install) {
        return Optional.ofNullable(asserted.get(install))
                .map(AssertedBlocks::givenUp)
                .orElseThrow();
    }

    /** Why it was frozen, each time. */
    public synchronized List<String> proofs() {
        return List.copyOf(proofs);
    }

    /** The operator says that all who are missing are off. */
    public synchronized void unfreeze() {
        long highest =
                asserted.values().stream()
                        .mapToLong(AssertedBlocks::highestGeneration)
                        .max()
                        .orElse(0);
        generation = Math.max(generation, highest) + 1;
        frozen = false;
        asserted.clear();
    }

    @Override
    public synchronized void onLost(Runnable lost) {
        losses.add(lost);
    }

    /** The link to the store breaks: everybody must look again. */
    public void loseLinks() {
        List.copyOf(losses).forEach(Runnable::run);
    }

    /** All that a backup holds, to go back to. */
    public synchronized Runnable backup() {
        var savedBlocks = new TreeMap<>(blocks);
        var savedInstalls = new TreeMap<>(installs);
        PoolSet savedPools = pools;
        long savedGeneration = generation;
        return () -> {
            synchronized (this) {
                blocks.clear();
                blocks.putAll(savedBlocks);
                installs.clear();
                installs.putAll(savedInstalls);
                pools = savedPools;
                generation = savedGeneration;
                frozen = false;
            }
            loseLinks();
        };
    }

    @Override
    public synchronized CompletionStage<Map<BlockId, Token>> owned(UUID install) {
        var owned = new TreeMap<BlockId, Token>();
        blocks.forEach((block, owner) -> {
            if (owner.install().equals(Optional.of(install))) {
                owned.put(block, owner.token());
            }
        });
        return answer(owned);
    }

    static <T> CompletionStage<T> answer(T value) {
        return CompletableFuture.completedFuture(value);
    }
}
