package io.croft.it;

import java.util.SplittableRandom;

/**
 * When callers are killed: drawn so that most die before they are told, and not long before,
 * however busy the machine.
 */
final class LifeSpan {
    /** As long as an ADD on a quiet machine. */
    private static final int FIRST_MICROS = 12_000;

    private final SplittableRandom random;
    private double longest = FIRST_MICROS;
    private boolean anyTold;

    LifeSpan(SplittableRandom random) {
        this.random = random;
    }

    /** In seconds, as timeout(1) takes them. */
    String next() {
        long micros = (long) random.nextDouble(longest / 4, longest);
        return "%d.%06d".formatted(micros / 1_000_000, micros % 1_000_000);
    }

    /** Whether the last one got its result before it died. */
    void ended(boolean told) {
        anyTold |= told;
        longest *= told ? 0.92 : anyTold ? 1.04 : 1.5;
    }
}
