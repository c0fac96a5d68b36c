package io.croft.adapter.journal;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One daemon thread that does the same thing every so often, until it says that it is over. */
final class Background implements AutoCloseable {
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private @Nullable ScheduledExecutorService executor;

    /** Once; later calls do nothing. */
    synchronized void start(Duration every, BooleanSupplier step) {
        if (executor != null) {
            return;
        }
        ScheduledExecutorService thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("croft-journal-sync").factory());
        executor = thread;
        var over = new AtomicBoolean();
        Runnable next =
                () -> {
                    if (!over.get() && !step.getAsBoolean()) {
                        over.set(true);
                        thread.shutdown();
                    }
                };
        var _ =
                thread.scheduleWithFixedDelay(
                        next, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits for a step that runs. Never interrupts it: that would close the file under it. */
    @Override
    public synchronized void close() {
        ScheduledExecutorService thread = executor;
        if (thread == null) {
            return;
        }
        thread.shutdown();
        try {
            thread.awaitTermination(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
