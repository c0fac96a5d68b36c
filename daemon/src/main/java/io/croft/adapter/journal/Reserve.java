package io.croft.adapter.journal;

import io.croft.core.engine.Event;
import java.util.List;

/**
 * Who may write when the disk is full: what frees, what takes a right away, and the few records of
 * a start, without which nothing could be freed. Nothing that gives; a repeated ADD gives nothing
 * new.
 */
final class Reserve {
    private static final int LAST_SHARE = 8;

    private Reserve() {}

    static boolean isFor(List<Event> events) {
        return events.stream().allMatch(Reserve::isFor);
    }

    /**
     * Bytes of the reserve that the decision must leave: the last share is for what frees addresses
     * or changes ownership, so that DELs of nobody cannot use it up.
     */
    static int kept(List<Event> events, int reserve) {
        boolean vital =
                events.stream()
                        .anyMatch(e -> e instanceof Event.Released || e instanceof Event.OfNode);
        return vital ? 0 : reserve / LAST_SHARE;
    }

    private static boolean isFor(Event event) {
        return switch (event) {
            case Event.Released e -> true;
            case Event.Marked e -> true;
            case Event.Vacated e -> true;
            case Event.PoolRemoved e -> true;
            case Event.ClaimAbandoned e -> true;
            case Event.BlockRetired e -> true;
            case Event.BlockForgotten e -> true;
            case Event.BlockQuarantined e -> true;
            case Event.Started e -> true;
            case Event.JournalReplaced e -> true;
            case Event.IncarnationIntended e -> true;
            case Event.StoreCompared e -> true;
            case Event.BlockValidated e -> true;
            case Event.ClaimIntended e -> false;
            case Event.BlockAdopted e -> false;
            case Event.Allocated e -> false;
            case Event.Renewed e -> true;
            case Event.PoolDefined e -> false;
            case Event.Unavailable e -> false;
            case Event.Rested e -> false;
            case Event.SequenceReached e -> false;
        };
    }
}
