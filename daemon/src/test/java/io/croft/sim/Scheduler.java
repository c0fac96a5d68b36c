package io.croft.sim;

import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Virtual time, and all that is going to happen in it. A step is one event, taken in the order of
 * times and then of numbers. Nothing else has a clock, a thread or randomness.
 */
final class Scheduler {
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private record Event(long at, long number, String what, Runnable action)
            implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private final long seed;
    private final Trace trace;
    private long now = Duration.ofHours(1).toNanos();
    private long numbers;
    private long steps;

    Scheduler(long seed, Trace trace) {
        this.seed = seed;
        this.trace = trace;
    }

    /** A source of its own for each use, so that one more call of the one changes no other. */
    Random random(String use) {
        return source(seed, use);
    }

    /** Seeds and uses that are next to each other have nothing in common. */
    static Random source(long seed, String use) {
        long mixed = seed;
        for (int i = 0; i < use.length(); i++) {
            mixed = mix(mixed ^ use.charAt(i));
        }
        return new Random(mix(mixed));
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long z) {
        long one = (z + 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        long two = (one ^ (one >>> 27)) * 0x94d049bb133111ebL;
        return two ^ (two >>> 31);
    }

    /** Nanoseconds since the beginning of the world. */
    long now() {
        return now;
    }

    long steps() {
        return steps;
    }

    /** True time: what a perfect clock on a machine that never slept shows. */
    Clock clock() {
        return () -> new Moment(new BootTime(now), wall(0));
    }

    Instant wall(long skew) {
        return EPOCH.plusNanos(now + skew);
    }

    void after(Duration delay, String what, Runnable action) {
        at(now + Math.max(0, delay.toNanos()), what, action);
    }

    /**
     * @param what for the trace; empty: not worth a line
     */
    void at(long time, String what, Runnable action) {
        queue.add(new Event(Math.max(now, time), ++numbers, what, action));
    }

    void say(String what) {
        trace.add(now, what);
    }

    /** Takes the next event; false: it is later than that. */
    boolean step(long until) {
        Event next = queue.peek();
        if (next == null || next.at > until) {
            now = Math.max(now, until);
            return false;
        }
        queue.poll();
        now = next.at;
        steps++;
        if (!next.what.isEmpty()) {
            trace.add(now, next.what);
        }
        next.action.run();
        return true;
    }
}
