package io.croft.core.engine;

import io.croft.core.time.Moment;

/**
 * One verb with its request. Decides from what it is shown and nothing else, and changes nothing:
 * the same view and moment give the same decision.
 *
 * @param <R> what the caller is answered
 */
public interface Command<R> {
    Decision<R> decide(NodeView node, Moment now);
}
