package io.croft.node.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.testing.Pools;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;

/** What the suites of the three stores share: one empty store, and calls that wait for answers. */
public abstract class StoreContract {
    private static final int RACERS = 16;
    private static final int DEADLINE_SECONDS = 10;

    private long nonces;
    private Stores stores;

    /** The ports of the store under test; they may be one object. */
    public record Stores(
            BlockStore blocks, InstallStore installs, PoolStore pools, Runnable close) {}

    /** A store that nobody has used. */
    protected abstract Stores open() throws Exception;

    @BeforeEach
    final void openStore() throws Exception {
        stores = open();
    }

    @AfterEach
    final void closeStore() {
        stores.close().run();
    }

    protected final BlockStore blocks() {
        return stores.blocks();
    }

    protected final InstallStore installs() {
        return stores.installs();
    }

    protected final PoolStore pools() {
        return stores.pools();
    }

    /** The answer, waited for. */
    protected static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
    }

    protected static void assertRefused(Reason reason, Executable call) {
        var failed = assertThrows(CompletionException.class, call);
        var refused = assertInstanceOf(RejectedException.class, failed.getCause());
        assertEquals(reason, refused.rejection().reason());
    }

    /** The answers to what 16 threads ask at the same time; the call gets the thread's number. */
    protected final <T> List<T> race(IntFunction<CompletionStage<T>> call) throws Exception {
        var start = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(RACERS)) {
            var answers = new ArrayList<Future<T>>();
            for (int i = 0; i < RACERS; i++) {
                int number = i;
                Callable<T> racer =
                        () -> {
                            start.await();
                            return await(call.apply(number));
                        };
                answers.add(threads.submit(racer));
            }
            start.countDown();
            var all = new ArrayList<T>();
            for (var answer : answers) {
                all.add(answer.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
            }
            return all;
        }
    }

    /** Never the same one twice. */
    protected final synchronized UUID nonce() {
        return new UUID(7, ++nonces);
    }

    protected static UUID id(int number) {
        return new UUID(1, number);
    }

    protected final Install install(int number, long incarnation) {
        return new Install(
                id(number),
                "node-" + number,
                "hardware-" + number,
                "machine-" + number,
                new UUID(2, number),
                incarnation,
                nonce(),
                "1.0");
    }

    /** An install that has just registered. */
    protected final Registrant registered(int number) {
        return registered(number, 0);
    }

    protected final Registrant registered(int number, long expectedIncarnation) {
        Install next = install(number, expectedIncarnation + 1);
        await(installs().register(next, expectedIncarnation));
        return new Registrant(next.id(), next.node(), next.incarnation(), 1);
    }

    protected static Pool pool(int number, String name, String cidr) {
        return Pools.pool(number, name, cidr);
    }

    /** The first block of a pool that was just made. */
    protected final BlockId block(int number) {
        Pool pool = pool(number, "pool-" + number, "10." + number + ".0.0/16");
        await(pools().change(set -> set.create(pool)));
        return new BlockId(pool.id(), pool.block(0));
    }

    /** A claim of a block that was never owned. */
    protected final ClaimIntent first(BlockId block) {
        return new ClaimIntent(block, Optional.empty(), Optional.empty(), new Token(1, 1, nonce()));
    }

    /** A claim of a block that was given back under that token. */
    protected final ClaimIntent after(BlockId block, Token tombstone) {
        return new ClaimIntent(
                block,
                Optional.empty(),
                Optional.of(tombstone),
                new Token(tombstone.generation(), tombstone.epoch() + 1, nonce()));
    }
}
