package io.croft.core.engine;

import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.DelMarker;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * DEL markers, oldest first, at most {@link Timings#MOST_MARKERS}. Forgets by the times in the
 * markers, so a replay does the same.
 */
final class Markers {
    private final Map<Attachment, DelMarker> markers = new LinkedHashMap<>();
    private long dropped;

    Optional<DelMarker> get(Attachment attachment) {
        return Optional.ofNullable(markers.get(attachment));
    }

    void put(Attachment attachment, DelMarker marker) {
        markers.remove(attachment);
        markers.put(attachment, marker);
        // A marker is made DEL_MARKER before its end, so its making tells the time of the decision.
        long now = marker.until().nanos() - Timings.DEL_MARKER.toNanos();
        Iterator<DelMarker> oldest = markers.values().iterator();
        boolean over = true;
        while (over) {
            boolean tooMany = markers.size() > Timings.MOST_MARKERS;
            boolean past = oldest.next().until().nanos() <= now;
            over = past || tooMany;
            if (over) {
                oldest.remove();
                dropped += past ? 0 : 1;
            }
        }
    }

    long dropped() {
        return dropped;
    }

    void clear() {
        markers.clear();
    }

    Stream<Event> events() {
        return markers.entrySet().stream().map(e -> new Event.Marked(e.getKey(), e.getValue()));
    }
}
