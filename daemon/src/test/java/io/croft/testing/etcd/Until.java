package io.croft.testing.etcd;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something to become so, looking again and again; gives up after half a minute. */
public final class Until {
    private static final int MOST_LOOKS = 3000;

    private Until() {}

    public static void holds(Supplier<?> seen, BooleanSupplier condition) {
        for (int looks = 0; !condition.getAsBoolean(); looks++) {
            if (looks == MOST_LOOKS) {
                throw new AssertionError("did not come true; last seen: " + seen.get());
            }
            pause();
        }
    }

    private static void pause() {
        try {
            var _ = new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
