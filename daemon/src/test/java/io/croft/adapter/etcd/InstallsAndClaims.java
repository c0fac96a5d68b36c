package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import io.croft.testing.Pools;
import java.util.Optional;
import java.util.UUID;

/** A store over a simulated etcd, and installs that register there and claim from one pool. */
abstract class InstallsAndClaims {
    static final Pool POOL = Pools.pool(1, "a", "10.1.0.0/16");
    static final Keys KEYS = SimStores.KEYS;

    final SimStores stores = SimStores.made();
    final EtcdStore store = stores.checked();
    private long nonces;

    final void put(String key, String value) {
        stores.etcd.put(key, value);
    }

    /** Empty: there is no such key. */
    final String value(String key) {
        return stores.etcd.content(key).getOrDefault(key, "");
    }

    final Install install(int number, String node, String hardware, int boot) {
        return new Install(
                new UUID(1, number),
                node,
                hardware,
                "m",
                new UUID(2, boot),
                1,
                new UUID(8, ++nonces),
                "1.0");
    }

    final Registrant register(Install install) {
        assertEquals(install, await(store.installs().register(install, 0)));
        return new Registrant(install.id(), install.node(), 1, 1);
    }

    /** Of a block that nobody ever had. */
    final ClaimIntent intent(long index) {
        return intent(POOL, index);
    }

    final ClaimIntent intent(Pool pool, long index) {
        return new ClaimIntent(
                new BlockId(pool.id(), pool.block(index)),
                Optional.empty(),
                Optional.empty(),
                new Token(1, 1, new UUID(7, ++nonces)));
    }

    final BlockId claim(Registrant by, long index) {
        if (await(store.pools().read()).pools().isEmpty()) {
            await(store.pools().change(set -> set.create(POOL)));
        }
        ClaimIntent intent = intent(index);
        assertInstanceOf(ClaimAnswer.Won.class, await(store.blocks().claim(intent, by)));
        return intent.block();
    }
}
