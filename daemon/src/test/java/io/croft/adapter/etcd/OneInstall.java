package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;

import io.croft.core.block.ClaimIntent;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Registrant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** One install that is registered, the pool of which it claims, and another client beside it. */
abstract class OneInstall extends InstallsAndClaims {
    final EtcdStore other = stores.checked();
    final Registrant me = new Registrant(new UUID(1, 1), "n1", 1, 1);

    @BeforeEach
    final void fill() {
        register(install(1, "n1", "hw", 1));
        await(store.pools().change(set -> set.create(POOL)));
    }

    /** Whatever comes of it. */
    final ClaimAnswer claim(long index) {
        ClaimIntent intent = intent(index);
        return await(store.blocks().claim(intent, me));
    }
}
