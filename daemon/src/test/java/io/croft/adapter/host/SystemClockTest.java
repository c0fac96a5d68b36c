package io.croft.adapter.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.RejectedException;
import io.croft.core.time.BootTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemClockTest {
    @TempDir Path dir;
    private final AtomicLong nanos = new AtomicLong(-7_000_000_000L);

    @Test
    void carriesTheFileOnBetweenReadings() throws IOException {
        SystemClock clock = at("100.25 7.00");
        nanos.addAndGet(1_500_000);
        assertEquals(new BootTime(100_251_500_000L), clock.now().boot());
    }

    @Test
    void countsTimeAsleep() throws IOException {
        SystemClock clock = at("100.25 7.00");
        uptime("3700.25 7.00");
        nanos.addAndGet(1_000_000_000);
        assertEquals(new BootTime(3_700_250_000_000L), clock.now().boot());
    }

    @Test
    void neverGoesBack() throws IOException {
        SystemClock clock = at("100.25 7.00");
        uptime("100.99 7.00");
        nanos.addAndGet(1_000_000_000);
        assertEquals(new BootTime(101_250_000_000L), clock.now().boot());
    }

    @Test
    void goesOnWhileTheFileCannotBeRead() throws IOException {
        SystemClock clock = at("100.25 7.00");
        Files.delete(dir.resolve("uptime"));
        nanos.addAndGet(5_000_000_000L);
        assertEquals(new BootTime(105_250_000_000L), clock.now().boot());
        nanos.addAndGet(5_000_000_000L);
        assertEquals(new BootTime(110_250_000_000L), clock.now().boot());
    }

    @Test
    void refusesToStartWithoutTheFile() {
        assertThrows(
                RejectedException.class,
                () -> SystemClock.open(dir.resolve("none"), nanos::get, InstantSource.system()));
    }

    @Test
    void twoClocksOfOneMachineAgree() {
        Duration apart =
                SystemClock.open().now().boot().since(SystemClock.open().now().boot()).abs();
        assertTrue(apart.toMillis() < 1000, apart.toString());
    }

    private SystemClock at(String text) throws IOException {
        uptime(text);
        return SystemClock.open(dir.resolve("uptime"), nanos::get, InstantSource.system());
    }

    private void uptime(String text) throws IOException {
        Files.writeString(dir.resolve("uptime"), text + "\n");
    }
}
