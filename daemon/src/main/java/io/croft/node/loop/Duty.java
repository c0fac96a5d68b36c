package io.croft.node.loop;

import io.croft.core.engine.NodeView;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;

/**
 * Standing work of the node. Looks at committed state after each turn, starts calls, and proposes
 * commands; it never changes state itself. On the loop's thread, so it must be quick and never
 * wait.
 */
public interface Duty {
    /** Does what is due; answers when it wants to be asked again at the latest. */
    BootTime perform(NodeView node, Moment now);
}
