package io.croft.node.port;

import io.croft.core.block.BlockId;
import io.croft.core.engine.Command;
import io.croft.core.engine.Event;
import io.croft.core.engine.Violation;
import io.croft.core.rejection.Rejection;
import java.time.Duration;
import java.util.List;

/**
 * Hears what happened, for metrics, logs and event streams. Called on the loop's thread, so it must
 * be quick and never throw.
 */
public interface IpamListener {
    /**
     * A command was accepted, its events are journalled; {@code waited} runs from its arrival.
     * Reads have no events.
     */
    void accepted(Command<?> command, List<Event> events, Object reply, Duration waited);

    void refused(Command<?> command, Rejection why, Duration waited);

    /** The state or a decision contradicted itself; the block, if any, is quarantined. */
    void violated(Violation violation);

    /** One turn's records were made durable. */
    void committed(int records, Duration took);

    /** A snapshot replaced the journal. */
    void snapshotTaken(Duration took);

    /** A claim or return was answered: won, lost, denied, returned, unknown. */
    void storeAnswered(BlockId block, String outcome);

    /** A bound was reached: the mailbox, the parked, the markers. */
    void limitReached(String limit);

    /** Something outside stopped working, or works again; once per outage. */
    void outage(String what, boolean begins, String message);
}
