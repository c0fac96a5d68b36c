package io.croft.testing;

import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import java.time.Duration;
import java.time.Instant;

/** Two clocks that go when they are told to. */
public final class ManualClock implements Clock {
    private Moment now = new Moment(Some.at(60), Instant.parse("2026-01-01T00:00:00Z"));

    @Override
    public Moment now() {
        return now;
    }

    public void advance(Duration time) {
        now = new Moment(now.boot().plus(time), now.wall().plus(time));
    }

    public void advanceTo(BootTime time) {
        advance(time.since(now.boot()));
    }

    /** Somebody sets the wall clock; the boot clock does not mind. */
    public void setWall(Instant wall) {
        now = new Moment(now.boot(), wall);
    }

    /** The machine was off for a minute. */
    public void reboot() {
        now = new Moment(Some.at(10), now.wall().plusSeconds(60));
    }
}
