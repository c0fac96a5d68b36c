package io.croft.core.pool;

import java.util.UUID;

/** Identity of a pool. A pool made anew under its old name is another pool. */
public record PoolId(UUID uid) implements Comparable<PoolId> {
    @Override
    public int compareTo(PoolId other) {
        return uid.compareTo(other.uid);
    }

    @Override
    public String toString() {
        return uid.toString();
    }
}
