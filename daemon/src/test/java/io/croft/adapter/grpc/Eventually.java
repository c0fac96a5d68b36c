package io.croft.adapter.grpc;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what another thread is about to do; fails after ten seconds. */
final class Eventually {
    private static final int MOST_LOOKS = 2000;

    private Eventually() {}

    static void holds(BooleanSupplier condition) throws InterruptedException {
        for (int looks = 0; !condition.getAsBoolean(); looks++) {
            if (looks == MOST_LOOKS) {
                throw new AssertionError("did not come true");
            }
            var _ = new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
        }
    }
}
