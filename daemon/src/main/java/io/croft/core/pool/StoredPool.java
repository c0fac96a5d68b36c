package io.croft.core.pool;

/**
 * A pool as the store knows it.
 *
 * @param version rises with each change of this pool; what an etag compares
 * @param span claims choose among the first {@code span} blocks; doubles when they find it crowded
 */
public record StoredPool(Pool pool, long version, long span) {
    public StoredPool {
        if (span < 1 || version < 1) {
            throw new IllegalArgumentException("span " + span + ", version " + version);
        }
    }

    StoredPool changedTo(Pool next) {
        return new StoredPool(next, version + 1, span);
    }

    /** The version as the API shows it. */
    public String etag() {
        return Long.toString(version);
    }
}
