package io.croft.adapter.observe;

import io.croft.core.time.Clock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Writes the log from a bounded queue on a daemon thread of its own: nobody waits for a slow
 * stderr. Lines that found no room are counted, and the next line that is written is preceded by
 * one that says how many.
 */
public final class LogWriter implements AutoCloseable {
    private static final int MOST_QUEUED = 4096;
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final OutputStream out;
    private final boolean json;
    private final LogLevel least;
    private final Clock clock;

    /** Empty: the end. */
    private final BlockingQueue<Optional<LogLine>> queue = new ArrayBlockingQueue<>(MOST_QUEUED);

    private final LongAdder dropped = new LongAdder();
    private @Nullable Thread thread;
    private long told;

    /**
     * @param json one object a line, else text
     * @param least what matters less is not written
     */
    public LogWriter(OutputStream out, boolean json, LogLevel least, Clock clock) {
        this.out = out;
        this.json = json;
        this.least = least;
        this.clock = clock;
    }

    /** Starts the thread, once. */
    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("croft-log").start(this::run);
        }
    }

    public boolean writes(LogLevel level) {
        return level.isAtLeast(least);
    }

    /** Any thread; never blocks. Facts are written in their map's order. */
    public void write(LogLevel level, String event, Map<String, String> facts) {
        if (writes(level) && !queue.offer(Optional.of(line(level, event, facts)))) {
            dropped.increment();
        }
    }

    /** Lines lost so far. */
    public long dropped() {
        return dropped.sum();
    }

    private LogLine line(LogLevel level, String event, Map<String, String> facts) {
        return new LogLine(clock.now().wall(), level, event, facts);
    }

    private void run() {
        try {
            Optional<LogLine> next = queue.take();
            while (next.isPresent()) {
                tellOfDropped();
                print(next.get());
                next = queue.take();
            }
        } catch (InterruptedException closed) {
            // Whoever interrupts wants no more lines.
        }
    }

    private void tellOfDropped() {
        long now = dropped.sum();
        if (now > told) {
            print(line(LogLevel.WARN, "log_dropped", Map.of("lines", Long.toString(now - told))));
            told = now;
        }
    }

    private void print(LogLine line) {
        String text = (json ? line.json() : line.text()) + "\n";
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            dropped.increment();
        }
    }

    /** Writes what is queued, as long as stderr takes it within 5 s, and ends. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            running = thread;
            thread = null;
        }
        if (running == null) {
            return;
        }
        try {
            if (!queue.offer(Optional.empty(), LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)
                    || !running.join(LAST_WORDS)) {
                running.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
