package io.croft.testing;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Reason;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockPage;
import io.croft.node.port.BlockStore;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.InMemoryStore;
import io.croft.node.port.Install;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Mirror;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Pressure;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A node's way to a store that others reach too: it answers, or fails, or is silent. */
public final class WeatherStore
        implements BlockStore,
                InstallStore,
                PoolStore,
                StoreSession,
                Pressure,
                Mirror,
                ClusterDirectory {
    /** What becomes of a call. */
    public enum Weather {
        FINE,
        /** Nothing is done, and the call fails. */
        DOWN,
        /** It is done, and the answer is lost: the call fails. */
        ANSWER_LOST,
        /** Nothing is done, and the call ends when the weather changes. */
        SILENT
    }

    public final InMemoryStore behind;

    /** Claims and returns in the order in which they were sent. */
    public final List<Object> sent = new ArrayList<>();

    /** Pages of records that were asked for. */
    public int pages;

    /** Times that the pools were read. */
    public int poolReads;

    private final List<CompletableFuture<?>> silent = new ArrayList<>();
    private Weather weather = Weather.FINE;
    private Runnable hint = () -> {};
    private Runnable lost = () -> {};
    private Runnable beforeEachCall = () -> {};

    public WeatherStore(InMemoryStore behind) {
        this.behind = behind;
        behind.watch(() -> hint.run());
        behind.onLost(() -> lost.run());
    }

    public void become(Weather next) {
        weather = next;
        List<CompletableFuture<?>> ended = List.copyOf(silent);
        silent.clear();
        ended.forEach(call -> call.completeExceptionally(new IllegalStateException("timed out")));
    }

    /** Called before anything is sent. */
    public void beforeEachCall(Runnable check) {
        beforeEachCall = check;
    }

    private <T> CompletionStage<T> call(Supplier<CompletionStage<T>> body) {
        beforeEachCall.run();
        return switch (weather) {
            case FINE -> body.get();
            case DOWN -> failed();
            case ANSWER_LOST -> body.get().thenCompose(_ -> failed());
            case SILENT -> silence();
        };
    }

    private <T> CompletionStage<T> silence() {
        var call = new CompletableFuture<T>();
        silent.add(call);
        return call;
    }

    private static <T> CompletionStage<T> failed() {
        return CompletableFuture.failedFuture(
                Reason.STORE_UNAVAILABLE.because("nothing answers").asException());
    }

    @Override
    public CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by) {
        sent.add(intent);
        return call(() -> behind.claim(intent, by));
    }

    @Override
    public CompletionStage<Optional<BlockOwner>> read(BlockId block) {
        return call(() -> behind.read(block));
    }

    @Override
    public CompletionStage<Boolean> giveBack(BlockId block, Token token, Registrant by) {
        sent.add(block);
        return call(() -> behind.giveBack(block, token, by));
    }

    @Override
    public CompletionStage<Map<BlockId, Token>> owned(UUID install) {
        return call(() -> behind.owned(install));
    }

    @Override
    public CompletionStage<Optional<Install>> read(UUID install) {
        return call(() -> behind.read(install));
    }

    @Override
    public CompletionStage<List<Install>> ofNode(String node) {
        return call(() -> behind.ofNode(node));
    }

    @Override
    public CompletionStage<Install> register(Install next, long expectedIncarnation) {
        return call(() -> behind.register(next, expectedIncarnation));
    }

    @Override
    public CompletionStage<PoolSet> read() {
        poolReads++;
        return call(behind::read);
    }

    @Override
    public CompletionStage<PoolSet> change(UnaryOperator<PoolSet> edit) {
        return call(() -> behind.change(edit));
    }

    @Override
    public CompletionStage<BlockPage> page(Pool pool, long from, int most) {
        pages++;
        return call(() -> behind.page(pool, from, most));
    }

    @Override
    public CompletionStage<Optional<BlockOwner>> reassert(
            BlockId block, Token token, Registrant by) {
        return call(() -> behind.reassert(block, token, by));
    }

    @Override
    public CompletionStage<Boolean> keepAlive(Registrant by) {
        return call(() -> behind.keepAlive(by));
    }

    @Override
    public CompletionStage<Void> endLife(Registrant by) {
        return call(() -> behind.endLife(by));
    }

    @Override
    public CompletionStage<Boolean> isLive(UUID install) {
        return call(() -> behind.isLive(install));
    }

    @Override
    public CompletionStage<Boolean> forget(Install former) {
        return call(() -> behind.forget(former));
    }

    @Override
    public CompletionStage<StoreState> check() {
        return call(behind::check);
    }

    @Override
    public CompletionStage<StoreState> freeze(String proof) {
        return call(() -> behind.freeze(proof));
    }

    @Override
    public CompletionStage<Void> asserted(Registrant by, StoreState in, AssertedBlocks word) {
        return call(() -> behind.asserted(by, in, word));
    }

    /** The latest listener is the one that lives. */
    @Override
    public void onLost(Runnable latest) {
        lost = latest;
    }

    @Override
    public CompletionStage<Void> raise(PoolId pool) {
        return call(() -> behind.raise(pool));
    }

    @Override
    public CompletionStage<Set<PoolId>> pressed() {
        return call(behind::pressed);
    }

    @Override
    public CompletionStage<Void> write(Registrant by, Copy copy) {
        return call(() -> behind.write(by, copy));
    }

    @Override
    public CompletionStage<Optional<Copy>> copyOf(UUID install) {
        return call(() -> behind.copyOf(install));
    }

    @Override
    public CompletionStage<List<Member>> members(UUID after, int most) {
        return call(() -> behind.members(after, most));
    }

    @Override
    public CompletionStage<List<Member>> membersOf(String node) {
        return call(() -> behind.membersOf(node));
    }

    @Override
    public CompletionStage<Long> reclaim(String node, PoweredOff word) {
        return call(() -> behind.reclaim(node, word));
    }

    @Override
    public CompletionStage<Void> leave(Registrant by) {
        return call(() -> behind.leave(by));
    }

    /** The latest watcher is the one that lives. */
    @Override
    public void watch(Runnable latest) {
        hint = latest;
    }
}
