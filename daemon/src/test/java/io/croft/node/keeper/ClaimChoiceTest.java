package io.croft.node.keeper;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.BlockId;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.time.BootTime;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.Registrant;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClaimChoiceTest {
    private static final Pool POOL = Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED);

    private static Registrant registered(long incarnation) {
        return new Registrant(Some.uuid("me"), "node-a", incarnation, 1);
    }

    /** After a lost link another store may stand there. */
    @Test
    void forgetsWhoOwnedABlockWhenTheNodeRegistersAnew() {
        TestNode node = TestNode.alone(1, POOL);
        var choice = new ClaimChoice(node::nonce, () -> 0.0);
        var pools =
                new PoolSync(node.store, node.loop(), node.registration()::storeState, () -> 0.0);
        var pressure = new PressureWatch(node.store, node.loop(), () -> 0.0);
        var claims = new Claims(node.store, pools, pressure, node.loop(), choice, () -> 0.0);
        var block = new BlockId(POOL.id(), POOL.block(7));
        claims.begin(registered(1), BootTime.ZERO);
        choice.remember(
                block,
                Optional.of(new BlockOwner(Optional.of(Some.uuid("other")), "b", Some.token(1))));
        claims.begin(registered(1), BootTime.ZERO);
        assertTrue(choice.isOwnedElsewhere(block));
        claims.begin(registered(2), BootTime.ZERO);
        assertFalse(choice.isOwnedElsewhere(block));
    }
}
