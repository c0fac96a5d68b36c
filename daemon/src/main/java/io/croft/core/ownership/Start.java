package io.croft.core.ownership;

import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The agent starts in a boot: what it owns must be validated or trusted before it is used.
 *
 * @param replacesLost the journal is new because one was lost in this boot
 */
public record Start(UUID bootId, boolean replacesLost) implements Command<Boolean> {
    /** True: another boot than the journal's last. */
    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        List<Event> events = new ArrayList<>(List.of(new Event.Started(bootId)));
        if (replacesLost) {
            events.add(new Event.JournalReplaced(bootId));
        }
        return new Decision.Accepted<>(events, node.bootId().filter(bootId::equals).isEmpty());
    }
}
