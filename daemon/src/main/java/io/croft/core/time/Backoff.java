package io.croft.core.time;

import java.time.Duration;

/**
 * How long to wait before the next try: doubles from {@code first} to {@code most}, spread by half
 * so that many nodes that failed together do not return together.
 */
public record Backoff(Duration first, Duration most) {
    /**
     * The pause after a number of failures in a row, at least 1; {@code spread} is uniform in [0,
     * 1), from the caller's randomness.
     */
    public Duration after(int failures, double spread) {
        long ceiling = most.toNanos();
        int doublings = Math.min(failures - 1, Long.numberOfLeadingZeros(first.toNanos()) - 1);
        long step = Math.min(ceiling, first.toNanos() << doublings);
        long half = step / 2;
        return Duration.ofNanos(half + (long) (half * spread));
    }
}
