package io.croft.adapter.journal;

import io.croft.core.time.Moment;
import io.croft.node.port.InstallIdentity;
import java.util.Optional;
import java.util.UUID;

/** What was found where a journal should be. */
public sealed interface Opening {
    /** Nothing: no journal was ever finished here. */
    record New() implements Opening {}

    /**
     * This node's journal, replayed.
     *
     * @param last when its last record was written
     * @param bootId of the last start in it
     * @param records replayed
     * @param cutBytes of records that a crash or a power cut had left unfinished
     */
    record Opened(
            FileJournal journal,
            InstallIdentity identity,
            Optional<Moment> last,
            Optional<UUID> bootId,
            long records,
            int cutBytes)
            implements Opening {}

    /** A journal of another node, machine, hardware or cluster. Nothing was replayed. */
    record Foreign(InstallIdentity identity) implements Opening {}

    /** Not what was written. Some events may have been replayed: forget them. */
    record Corrupt(String where, String why) implements Opening {}
}
