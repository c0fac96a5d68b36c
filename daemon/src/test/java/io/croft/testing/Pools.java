package io.croft.testing;

import io.croft.core.address.Cidr;
import io.croft.core.pool.Access;
import io.croft.core.pool.Cooldown;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolMode;
import io.croft.core.pool.PoolState;
import io.croft.core.pool.Reserved;
import io.croft.core.pool.ResultForm;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Pools for tests. */
public final class Pools {
    private Pools() {}

    public static Pool pool(int number, String name, String cidr) {
        return new Pool(
                new PoolId(new UUID(3, number)),
                name,
                Cidr.parse("cidr", cidr),
                Pool.DEFAULT_BLOCK_SIZE,
                PoolState.ACTIVE,
                new ResultForm(PoolMode.ROUTED, Optional.empty(), List.of()),
                Access.OPEN,
                Reserved.NONE,
                Cooldown.DEFAULT,
                0,
                "");
    }
}
