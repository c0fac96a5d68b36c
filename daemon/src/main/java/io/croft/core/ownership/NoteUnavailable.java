package io.croft.core.ownership;

import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.Need;
import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;

/**
 * The pool has no free block, or the wanted one is another's: believed for a while, so that
 * requests are refused or go on.
 */
public record NoteUnavailable(Need need) implements Command<BootTime> {
    @Override
    public Decision<BootTime> decide(NodeView node, Moment now) {
        BootTime until = now.boot().plus(Timings.UNAVAILABLE);
        return Decision.accept(until, new Event.Unavailable(need, until));
    }
}
