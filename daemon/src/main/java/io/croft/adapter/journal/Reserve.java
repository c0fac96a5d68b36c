package io.croft.adapter.journal;

import io.croft.core.engine.Event;
import java.util.List;

/**
 * Who may write when the disk is full: what frees, what takes a right away, and the few records of
 * a start, without which nothing could be freed. Nothing that gives.
 */
final class Reserve {
    private Reserve() {}

    static boolean isFor(List<Event> events) {
        return events.stream().allMatch(Reserve::isFor);
    }

    /**
     * Whether it frees addresses or changes ownership; the last of the reserve is kept for that.
     */
    static boolean isVital(List<Event> events) {
        return events.stream()
                .anyMatch(e -> e instanceof Event.Released || e instanceof Event.OfNode);
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
            case Event.BlockValidated e -> true;
            case Event.ClaimIntended e -> false;
            case Event.BlockAdopted e -> false;
            case Event.Allocated e -> false;
            case Event.Renewed e -> false;
            case Event.PoolDefined e -> false;
            case Event.Unavailable e -> false;
            case Event.Rested e -> false;
            case Event.SequenceReached e -> false;
        };
    }
}
