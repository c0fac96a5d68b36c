package io.croft.core.ownership;

import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;
import java.util.UUID;

/**
 * A registration is about to be sent: its incarnation and nonce must be known after a crash between
 * sending and answer.
 */
public record IntendIncarnation(long incarnation, UUID nonce) implements Command<Long> {
    @Override
    public Decision<Long> decide(NodeView node, Moment now) {
        return Decision.accept(incarnation, new Event.IncarnationIntended(incarnation, nonce));
    }
}
