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
 * @param sequenceLeap how many sequences are left out in another boot, and at the beginning of a
 *     journal: at random, so that no release that was meant for an allocation that this journal
 *     does not know (a former install's, one that a power cut took, one of a time that was wound
 *     back) matches one that it gives
 */
public record Start(UUID bootId, boolean replacesLost, long sequenceLeap)
        implements Command<Boolean> {
    /** True: another boot than the journal's last. */
    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        List<Event> events = new ArrayList<>(List.of(new Event.Started(bootId)));
        if (replacesLost) {
            events.add(new Event.JournalReplaced(bootId));
        }
        boolean anotherBoot = node.bootId().filter(bootId::equals).isEmpty();
        if (anotherBoot) {
            events.add(new Event.SequenceReached(node.nextSequence() + sequenceLeap));
        }
        return new Decision.Accepted<>(events, anotherBoot);
    }
}
