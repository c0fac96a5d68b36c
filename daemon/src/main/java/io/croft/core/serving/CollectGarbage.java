package io.croft.core.serving;

import io.croft.core.allocation.Allocation;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;
import java.util.List;

/**
 * Frees allocations whose namespaces were seen to be gone, each only if nothing happened to it
 * since it was looked at. Answers how many were freed.
 */
public record CollectGarbage(List<Allocation> gone) implements Command<Integer> {
    /** More would not fit into one record of the journal; a caller frees them in turns. */
    public static final int MOST = 1000;

    public CollectGarbage {
        gone = List.copyOf(gone);
        if (gone.size() > MOST) {
            throw new IllegalArgumentException(gone.size() + " at once");
        }
    }

    @Override
    public Decision<Integer> decide(NodeView node, Moment now) {
        List<Event> events =
                gone.stream()
                        // The whole allocation, not its sequence alone: a renewed one has another
                        // namespace.
                        .filter(seen ->
                                node.allocation(seen.attachment()).filter(seen::equals).isPresent())
                        .<Event>map(seen ->
                                new Event.Released(seen.attachment(), seen.sequence(), now.boot()))
                        .toList();
        return new Decision.Accepted<>(events, events.size());
    }
}
