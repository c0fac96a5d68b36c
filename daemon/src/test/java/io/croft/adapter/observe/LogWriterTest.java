package io.croft.adapter.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class LogWriterTest {
    private static final Clock CLOCK = () -> new Moment(BootTime.ZERO, Instant.EPOCH);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void writesWhatIsQueuedBeforeItEnds() {
        try (var writer = new LogWriter(out, false, LogLevel.INFO, CLOCK)) {
            writer.start();
            writer.start();
            for (int i = 0; i < 100; i++) {
                writer.write(LogLevel.INFO, "e", Map.of("i", Integer.toString(i)));
            }
        }
        assertEquals(100, text().lines().count());
        assertTrue(text().startsWith("1970-01-01T00:00:00Z info e i=0\n"), text());
    }

    @Test
    void leavesOutWhatMattersLess() {
        try (var writer = new LogWriter(out, true, LogLevel.WARN, CLOCK)) {
            writer.start();
            writer.write(LogLevel.INFO, "less", Map.of());
            writer.write(LogLevel.ERROR, "more", Map.of());
        }
        assertTrue(text().contains("\"more\"") && !text().contains("less"), text());
    }

    @Test
    void countsWhatASlowReaderLosesAndSaysSo() {
        var slow = new Slow();
        try (var writer = new LogWriter(slow, false, LogLevel.INFO, CLOCK)) {
            writer.start();
            for (int i = 0; i < 6000; i++) {
                writer.write(LogLevel.INFO, "e", Map.of());
            }
            assertTrue(writer.dropped() >= 6000 - 4097, "dropped " + writer.dropped());
            slow.go.countDown();
        }
        assertTrue(text().contains("warn log_dropped lines="), () -> text().substring(0, 200));
    }

    @Test
    void hearsTheWarningsOfLibraries() {
        try (var writer = new LogWriter(out, false, LogLevel.DEBUG, CLOCK)) {
            writer.start();
            LogBridge.install(writer);
            Logger.getLogger("some.library").info("quiet");
            Logger.getLogger("some.library").warning("loud\nline");
        } finally {
            LogManager.getLogManager().reset();
        }
        assertEquals(
                "1970-01-01T00:00:00Z warn library logger=some.library message=\"loud\\nline\"\n",
                text());
    }

    private String text() {
        return out.toString(UTF_8);
    }

    private final class Slow extends OutputStream {
        private final CountDownLatch go = new CountDownLatch(1);

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b});
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            out.write(bytes);
        }
    }
}
