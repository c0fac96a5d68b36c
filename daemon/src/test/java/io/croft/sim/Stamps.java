package io.croft.sim;

import io.croft.core.time.BootTime;

/** Stamps of processes that start on one machine: no two are the same, as where time goes on. */
final class Stamps {
    private BootTime last = BootTime.ZERO;

    BootTime next(BootTime now) {
        long ahead = last.nanos() - now.nanos();
        last = ahead >= 0 && ahead < 1_000 ? new BootTime(last.nanos() + 1) : now;
        return last;
    }
}
