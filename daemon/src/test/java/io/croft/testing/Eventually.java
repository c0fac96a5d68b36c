package io.croft.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Looks again and again until something is so; fails after a minute, with what was seen last. */
public final class Eventually {
    private static final Duration MOST = Duration.ofMinutes(1);

    private Eventually() {}

    /** Says nothing of what was seen. */
    public static void holds(BooleanSupplier condition) {
        holds(() -> "nothing", condition);
    }

    public static void holds(Supplier<?> seen, BooleanSupplier condition) {
        await(MOST, 10, seen, condition);
    }

    /** What takes so long by itself is looked for once a second. */
    public static void within(Duration most, Supplier<?> seen, BooleanSupplier condition) {
        await(most, 1_000, seen, condition);
    }

    private static void await(
            Duration most, long pauseMillis, Supplier<?> seen, BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > most.toNanos()) {
                throw new AssertionError("did not come true; last seen: " + seen.get());
            }
            pause(pauseMillis);
        }
    }

    /** The time until the next look, or until the next fault of a schedule. */
    public static void pause(long millis) {
        try {
            var _ = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
