package io.croft.node.loop;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread sleep until a time or until somebody wakes it. A wake before the sleep is not
 * lost.
 */
public final class Waker {
    private volatile boolean awake;
    private volatile @Nullable Thread sleeper;

    /** Any thread. */
    public void wake() {
        awake = true;
        LockSupport.unpark(sleeper);
    }

    /** The sleeping thread: returns when woken since the last return, or after the time. */
    public void await(Duration most) {
        sleeper = Thread.currentThread();
        if (!awake && most.isPositive()) {
            LockSupport.parkNanos(this, most.toNanos());
        }
        awake = false;
    }
}
