package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import java.util.List;

/**
 * Something that is asked of a simulated etcd and of a real one. A lease is named by its number:
 * the first that was granted is 1.
 */
sealed interface Question {
    /** No lease ever has it. */
    int NO_LEASE = Integer.MAX_VALUE;

    record Commit(Change change) implements Question {}

    record Grant(long seconds) implements Question {}

    record Renew(int lease) implements Question {}

    record Revoke(int lease) implements Question {}

    /** What the member says of itself. */
    record Status() implements Question {}

    /**
     * Each of the keys gets a lease of its own, and time passes until all have lapsed.
     *
     * @param seconds asked for, not more than the shortest there is
     */
    record Lapse(List<String> keys, long seconds) implements Question {
        public Lapse {
            keys = List.copyOf(keys);
        }
    }

    /** The alarm NOSPACE. */
    record Full(boolean now) implements Question {}

    record Compact() implements Question {}

    /** Which watches gave a hint since this was asked last. */
    record Hints() implements Question {}

    /** All servers are killed, and started. */
    record Restart() implements Question {}

    record Backup() implements Question {}

    /** Back to the latest backup. */
    record Restore(boolean bumped, boolean otherCluster) implements Question {}

    /** All keys, with what no client of Croft's asks for. */
    record Content() implements Question {}
}
