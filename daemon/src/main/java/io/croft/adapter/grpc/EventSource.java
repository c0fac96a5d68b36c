package io.croft.adapter.grpc;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Where decisions can be watched as they are made. */
public interface EventSource {
    /**
     * One decision.
     *
     * @param lost decisions that this watch missed before it, because its reader was slow
     */
    record Seen(Instant at, String event, Map<String, String> facts, long lost) {
        public Seen {
            facts = Map.copyOf(facts);
        }
    }

    /** One reader's bounded queue. Any thread. */
    interface Watch extends AutoCloseable {
        /** The oldest decision that the reader has not had; empty: none now. */
        Optional<Seen> poll();

        /** Idempotent. */
        @Override
        void close();
    }

    /**
     * Begins to watch. {@code arrived} is called, on any thread and never blocking, after a
     * decision came into an empty queue.
     */
    Watch watch(Runnable arrived);
}
