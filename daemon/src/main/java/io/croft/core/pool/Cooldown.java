package io.croft.core.pool;

import io.croft.core.rejection.Rejection;
import java.time.Duration;

/**
 * How long a released address is not given again.
 *
 * <p>The default is longer than conntrack's SYN_SENT (120 s), so that no entry of the old pod
 * answers the new one. An exhausted pool goes down to the floor.
 */
public record Cooldown(Duration time) {
    public static final Duration FLOOR = Duration.ofSeconds(30);
    // Before DEFAULT, whose constructor compares with it.
    private static final Duration MOST = Duration.ofDays(1);

    public static final Cooldown DEFAULT = new Cooldown(Duration.ofSeconds(130));

    public Cooldown {
        if (time.compareTo(FLOOR) < 0 || time.compareTo(MOST) > 0) {
            throw Rejection.invalid("cooldown", time.toSeconds() + "s", "must be 30s to 24h")
                    .asException();
        }
    }

    /** The time of an exhausted pool. */
    public Duration whenExhausted() {
        return FLOOR;
    }
}
