package io.croft.it;

import java.util.SplittableRandom;

/**
 * The seed of one run: new each time, or the one that {@code -Dcroft.seed} repeats. It fixes what
 * is tried, not how the machine interleaves it.
 */
record Seed(long value) {
    static Seed ofThisRun() {
        Long given = Long.getLong("croft.seed");
        return new Seed(given == null ? System.nanoTime() % 1_000_000_007 : given);
    }

    SplittableRandom random() {
        return new SplittableRandom(value);
    }

    /** The line that repeats a test. */
    String repeats(Class<?> test) {
        return "repeat: ./mvnw -o -B -ntp verify -Dcroft.dist=$PWD/dist -Dsurefire.failIfNoSpecifiedTests=false -Dtest=%s -Dcroft.seed=%d"
                .formatted(test.getSimpleName(), value);
    }
}
