package io.croft.adapter.host;

import java.security.SecureRandom;
import java.util.UUID;

/** Where all randomness comes from. Any thread. */
public final class Randomness {
    private final SecureRandom source = new SecureRandom();

    /** A random UUID (version 4). */
    public UUID uuid() {
        return UUID.randomUUID();
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
