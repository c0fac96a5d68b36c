package io.croft.node.port;

import io.croft.core.engine.Event;
import io.croft.core.time.Moment;
import java.util.List;
import java.util.stream.Stream;

/**
 * The node's memory: decisions in the order in which they were made.
 *
 * <p><b>Durability.</b> After {@link #append} returned true the decision survives the death of the
 * process; after {@link #commit} a decision with an {@link Event.OfNode} survives a power cut too.
 * Both throw {@link JournalFailedException} when the disk fails: then nothing is known of what was
 * appended since the last commit, nobody may be answered, and the process must end and replay.
 *
 * <p><b>Threading.</b> One thread. It waits for the disk only.
 */
public interface Journal {
    /**
     * Writes one decision, all its events or none. Throws IllegalArgumentException, and nothing was
     * written, for one that is larger than any record may be. False: there is no room, and nothing
     * was written; decisions that only free (releases, markers, vacated, retired and forgotten
     * blocks) may use a reserve that others may not.
     */
    boolean append(Moment at, List<Event> events);

    /**
     * Makes what was appended as durable as its events ask: at most one fsync, none when only pods'
     * events were appended.
     */
    void commit();

    /**
     * Whether enough was written since the last snapshot that a new one would shorten the replay.
     */
    boolean wantsSnapshot();

    /**
     * Replaces all that was written by the events that rebuild the state; durable when it returns.
     * Crash-safe at any point.
     */
    void snapshot(Moment at, Stream<Event> state);

    /** Whether a decision that allocates would find room. */
    boolean hasRoom();

    /** Sequence of the last record written. */
    long sequence();

    /** Bytes on disk, preallocated ones included. */
    long bytes();
}
