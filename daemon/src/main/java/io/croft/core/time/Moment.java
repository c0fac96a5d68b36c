package io.croft.core.time;

import java.time.Duration;
import java.time.Instant;

/**
 * One reading of both clocks. The boot clock decides; the wall clock is for people, and for the
 * drift between the two.
 */
public record Moment(BootTime boot, Instant wall) {
    /**
     * How far the wall clock moved against the boot clock from the other reading to this one; never
     * negative.
     */
    public Duration drift(Moment other) {
        return Duration.between(other.wall, wall).minus(boot.since(other.boot)).abs();
    }
}
