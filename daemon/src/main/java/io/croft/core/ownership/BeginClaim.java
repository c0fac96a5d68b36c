package io.croft.core.ownership;

import io.croft.core.address.Cidr;
import io.croft.core.block.ClaimIntent;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;

/**
 * A claim is about to be sent. False, and nothing is written: the node knows the block already, or
 * not its pool any more, or the pool has no such block (a record of the store may say anything).
 */
public record BeginClaim(ClaimIntent intent) implements Command<Boolean> {
    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        Cidr cidr = intent.block().cidr();
        boolean sensible =
                node.block(intent.block()).isEmpty()
                        && node.pool(intent.block().pool())
                                .filter(pool -> pool.blockPrefix() == cidr.prefix())
                                .filter(pool -> pool.cidr().contains(cidr))
                                .isPresent();
        return sensible
                ? Decision.accept(true, new Event.ClaimIntended(intent))
                : Decision.answer(false);
    }
}
