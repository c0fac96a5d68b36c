package io.croft.core.serving;

import io.croft.core.allocation.Attachment;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;

/**
 * Frees one allocation by the sequence that somebody saw, or nothing: a newer holder is never
 * freed, nor one whose ADD was repeated since. True: it was freed.
 */
public record ReleaseExact(Attachment attachment, long sequence) implements Command<Boolean> {
    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        return node.allocation(attachment).filter(held -> held.sequence() == sequence).isPresent()
                ? Decision.accept(true, new Event.Released(attachment, sequence, now.boot()))
                : Decision.answer(false);
    }
}
