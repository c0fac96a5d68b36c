package io.croft.core.time;

import java.time.Duration;

/**
 * A point in time on the machine's boot clock (CLOCK_BOOTTIME): the same for all processes, never
 * set, and at 0 again after a boot. Everything that Croft decides by time, it decides by this
 * clock.
 *
 * @param nanos nanoseconds since boot, time asleep included
 */
public record BootTime(long nanos) implements Comparable<BootTime> {
    public static final BootTime ZERO = new BootTime(0);

    /** Later than every other. */
    public static final BootTime NEVER = new BootTime(Long.MAX_VALUE);

    public BootTime {
        if (nanos < 0) {
            throw new IllegalArgumentException("before boot: " + nanos);
        }
    }

    /** Saturates at {@link #NEVER}. */
    public BootTime plus(Duration duration) {
        long sum = nanos + duration.toNanos();
        return sum < nanos ? NEVER : new BootTime(sum);
    }

    /** From the other to this; negative when the other is later. */
    public Duration since(BootTime other) {
        return Duration.ofNanos(nanos - other.nanos);
    }

    public boolean isBefore(BootTime other) {
        return nanos < other.nanos;
    }

    public boolean isAfter(BootTime other) {
        return nanos > other.nanos;
    }

    public BootTime min(BootTime other) {
        return isBefore(other) ? this : other;
    }

    public BootTime max(BootTime other) {
        return isAfter(other) ? this : other;
    }

    @Override
    public int compareTo(BootTime other) {
        return Long.compare(nanos, other.nanos);
    }
}
