package io.croft.adapter.grpc;

import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.Need;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.core.pool.Pool;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * An engine with a real state and neither journal nor store: what waits for a block is given one at
 * once.
 */
public final class InMemoryEngine implements Engine, AutoCloseable {
    private final NodeState state = new NodeState(new NodeProfile("n1", Map.of()));
    private final ExecutorService loop;
    private final Clock clock;
    private final AtomicInteger swallowed = new AtomicInteger();
    private volatile boolean hung;
    private volatile BootTime lastDeadline = BootTime.ZERO;

    public InMemoryEngine(Clock clock) {
        this(clock, Executors.newSingleThreadExecutor());
    }

    /** An engine that decides where that executor runs. */
    InMemoryEngine(Clock clock, ExecutorService loop) {
        this.clock = clock;
        this.loop = loop;
        state.apply(new Event.Started(new UUID(0, 1)));
    }

    /** Answers nothing any more. */
    public void hang() {
        hung = true;
    }

    /** Decides the next command and tells nobody. */
    public void swallowNextAnswer() {
        swallowed.set(1);
    }

    /** Whether the answer that was to be swallowed is. */
    public boolean hasSwallowed() {
        return swallowed.get() == 2;
    }

    /** Of the command that was submitted last. */
    public BootTime lastDeadline() {
        return lastDeadline;
    }

    @Override
    public <R> CompletionStage<R> submit(Command<R> command, BootTime deadline) {
        lastDeadline = deadline;
        var answer = new CompletableFuture<R>();
        if (!hung) {
            boolean swallow = swallowed.get() == 1;
            loop.execute(() -> {
                decide(command, swallow ? new CompletableFuture<>() : answer);
                swallowed.compareAndSet(swallow ? 1 : -1, 2);
            });
        }
        return answer;
    }

    private <R> void decide(Command<R> command, CompletableFuture<R> answer) {
        try {
            for (int tries = 0; tries < 4; tries++) {
                switch (command.decide(state, clock.now())) {
                    case Decision.Accepted<R>(var events, R reply) -> {
                        events.forEach(state::apply);
                        answer.complete(reply);
                    }
                    case Decision.Refused<R>(var why) ->
                            answer.completeExceptionally(new RejectedException(why));
                    case Decision.Waiting<R>(var needs, var otherwise) -> needs.forEach(this::meet);
                }
                if (answer.isDone()) {
                    return;
                }
            }
            answer.completeExceptionally(new IllegalStateException("waits for ever"));
        } catch (RuntimeException defect) {
            answer.completeExceptionally(defect);
        }
    }

    private void meet(Need need) {
        Pool pool = state.pool(need.pool()).orElseThrow();
        for (long i = 0; i < pool.blocks(); i++) {
            var id = need.block().orElse(new BlockId(pool.id(), pool.block(i)));
            if (pool.canUse(id.cidr()) && state.block(id).isEmpty()) {
                state.apply(new Event.BlockAdopted(id, new Token(1, 1, new UUID(0, i))));
                return;
            }
        }
        BootTime until = clock.now().boot().plus(Duration.ofSeconds(5));
        state.apply(new Event.Unavailable(need, until));
    }

    /** All that it holds, but for what it gives itself when a block is missing. */
    String print() {
        return state.events()
                .filter(event -> !(event instanceof Event.BlockAdopted))
                .filter(event -> !(event instanceof Event.Unavailable))
                .map(Object::toString)
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    /** Whether a block of the pool is owned. */
    boolean owns(Pool pool) {
        return !state.blocks(pool.id()).isEmpty();
    }

    /** What no verb of a test does, as the keeper's return of a block. */
    public void apply(Event event) {
        CompletableFuture.runAsync(() -> state.apply(event), loop).join();
    }

    /** Gives back every empty block. */
    public void returnBlocks() {
        CompletableFuture.runAsync(
                        () ->
                                state.blocks().stream()
                                        .filter(block -> block.held() == 0)
                                        .forEach(block ->
                                                state.apply(new Event.BlockForgotten(block.id()))),
                        loop)
                .join();
    }

    @Override
    public void close() {
        loop.shutdownNow();
    }
}
