package io.croft.core.serving;

import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;
import java.util.function.BiFunction;

/**
 * A read: a verb without events. Answered after the turn's commit, so it never shows what may be
 * forgotten.
 */
public record Look<R>(BiFunction<NodeView, Moment, R> at) implements Command<R> {
    @Override
    public Decision<R> decide(NodeView node, Moment now) {
        return Decision.answer(at.apply(node, now));
    }
}
