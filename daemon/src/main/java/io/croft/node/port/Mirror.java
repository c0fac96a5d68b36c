package io.croft.node.port;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Copies of what nodes hold, for look-ups by people. Written behind and now and then; nothing
 * decides by it. Outcome and threading as in {@link BlockStore}.
 */
public interface Mirror {
    /** One address that was held when the copy was made. */
    record Line(String address, String pool, String namespace, String pod, String containerId) {}

    /**
     * A node's copy.
     *
     * @param left out, because the copy would have been too large
     */
    record Copy(String node, Instant taken, List<Line> lines, int left) {
        public Copy {
            lines = List.copyOf(lines);
        }
    }

    /** Replaces this install's copy; one that is too large loses its last lines. */
    CompletionStage<Void> write(Registrant by, Copy copy);

    CompletionStage<Optional<Copy>> copyOf(UUID install);
}
