package io.croft.adapter.host;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Where all randomness comes from. Any thread. */
public final class Randomness {
    /** The two high bits of a UUID's second half, and the version in its first. */
    private static final long VARIANT = 1L << 63;

    private static final long VERSION = 4L << 12;

    private final RandomGenerator source;

    public Randomness() {
        this(new SecureRandom());
    }

    /** From that source; what a simulation repeats comes from a seed. */
    public Randomness(RandomGenerator source) {
        this.source = source;
    }

    /** A random UUID (version 4). */
    public UUID uuid() {
        return new UUID(
                (source.nextLong() & ~0xf000L) | VERSION, (source.nextLong() >>> 2) | VARIANT);
    }

    /** Uniform in [0, 1), for the spread of retries and the order of candidates. */
    public double fraction() {
        return source.nextDouble();
    }

    /** Uniform from 0 up to, but not, the bound. */
    public long below(long bound) {
        return source.nextLong(bound);
    }
}
