package io.croft.node.loop;

import io.croft.core.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The thread of an {@link EngineLoop}: turns, and sleep until the next is due. Ends by {@link
 * #close}, or when a turn throws: then the journal failed, nobody was answered, and the process
 * must end.
 */
public final class LoopThread implements AutoCloseable {
    /** A clock that jumps over a sleep must not make the loop sleep for ever. */
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);

    private final EngineLoop loop;
    private final Clock clock;
    private final Waker waker;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private volatile boolean open = true;

    public LoopThread(EngineLoop loop, Clock clock, Waker waker, Consumer<Throwable> onFailure) {
        this.loop = loop;
        this.clock = clock;
        this.waker = waker;
        this.onFailure = onFailure;
        this.thread = new Thread(this::run, "croft-loop");
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (open) {
                Duration rest = loop.turn().since(clock.now().boot());
                waker.await(rest.compareTo(LONGEST_SLEEP) < 0 ? rest : LONGEST_SLEEP);
            }
        } catch (Throwable failure) {
            onFailure.accept(failure);
        }
    }

    /** Ends after the present turn. Idempotent; waits for the thread. */
    @Override
    public void close() {
        open = false;
        waker.wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
