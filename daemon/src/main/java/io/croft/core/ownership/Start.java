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
 * @param sequenceFloor where a new journal's sequences begin: at random, so that no release that
 *     was meant for a former install's allocation matches one of this
 */
public record Start(UUID bootId, boolean replacesLost, long sequenceFloor)
        implements Command<Boolean> {
    /** True: another boot than the journal's last. */
    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        List<Event> events = new ArrayList<>(List.of(new Event.Started(bootId)));
        if (replacesLost) {
            events.add(new Event.JournalReplaced(bootId));
        }
        if (node.bootId().isEmpty()) {
            events.add(new Event.SequenceReached(sequenceFloor));
        }
        return new Decision.Accepted<>(events, node.bootId().filter(bootId::equals).isEmpty());
    }
}
