package io.croft.adapter.host;

import io.croft.core.rejection.Reason;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The machine's two clocks. The boot clock is at most 10 ms behind CLOCK_BOOTTIME, never ahead of
 * it, and never goes back.
 *
 * <p>The JDK cannot read CLOCK_BOOTTIME. {@code /proc/uptime} can, in hundredths of a second, and
 * {@code nanoTime} carries a reading on; but that one stands still while the machine sleeps. So the
 * file is read again after each second in which somebody asked, and moves the clock forward when it
 * is ahead.
 */
public final class SystemClock implements Clock {
    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final long NANOS_PER_HUNDREDTH = 10_000_000;
    private static final long REREAD_NANOS = 1_000_000_000;

    /** One reading of the boot clock and when, on the monotonic clock, it was taken. */
    private record Reading(long boot, long monotonic) {
        long at(long now) {
            return boot + (now - monotonic);
        }
    }

    private final Path uptime;
    private final LongSupplier monotonic;
    private final InstantSource wall;
    private volatile Reading latest;

    private SystemClock(Path uptime, LongSupplier monotonic, InstantSource wall, Reading first) {
        this.uptime = uptime;
        this.monotonic = monotonic;
        this.wall = wall;
        this.latest = first;
    }

    /** Reads the boot clock for the first time. */
    public static SystemClock open() {
        return open(UPTIME, System::nanoTime, InstantSource.system());
    }

    static SystemClock open(Path uptime, LongSupplier monotonic, InstantSource wall) {
        try {
            // The file first: time that passes between the two makes the clock late, not early.
            var first = new Reading(read(uptime), monotonic.getAsLong());
            return new SystemClock(uptime, monotonic, wall, first);
        } catch (IOException | NumberFormatException e) {
            throw Reason.CANNOT_START
                    .because("the boot clock %s cannot be read: %s".formatted(uptime, e))
                    .remedy("mount /proc")
                    .asException();
        }
    }

    @Override
    public Moment now() {
        Reading reading = latest;
        long now = monotonic.getAsLong();
        if (now - reading.monotonic >= REREAD_NANOS) {
            reading = reread();
            now = reading.monotonic;
        }
        return new Moment(new BootTime(reading.at(now)), wall.instant());
    }

    private synchronized Reading reread() {
        long seen;
        try {
            seen = read(uptime);
        } catch (IOException | NumberFormatException e) {
            // A machine that did not sleep loses nothing by it; the next call tries again.
            seen = 0;
        }
        long now = monotonic.getAsLong();
        latest = new Reading(Math.max(latest.at(now), seen), now);
        return latest;
    }

    private static long read(Path uptime) throws IOException {
        String text = Files.readString(uptime);
        int point = text.indexOf('.');
        long seconds = Long.parseLong(text.substring(0, Math.max(0, point)));
        long hundredths = Long.parseLong(text.substring(point + 1, point + 3));
        return (seconds * 100 + hundredths) * NANOS_PER_HUNDREDTH;
    }
}
