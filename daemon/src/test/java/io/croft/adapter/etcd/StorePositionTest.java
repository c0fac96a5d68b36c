package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.StoreState;
import io.croft.testing.Pools;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an agent remembers of the store over its restart. */
class StorePositionTest {
    private static final StoreState FINE = StoreState.serving(1);

    private final SimStores stores = SimStores.made();
    private final EtcdStore store = stores.checked();

    @Test
    void freezesByWhatTheProcessBeforeItSaw() {
        SimBackup backup = stores.etcd.backup();
        stores.etcd.pass(150);
        await(store.session().check());
        Optional<String> remembered = store.position();
        assertEquals(FINE, await(stores.open(remembered).session().check()));
        stores.etcd.restore(backup, 1_000_000);
        // Past the mark, so that only memory tells.
        stores.etcd.pass(100);
        assertEquals(FINE, await(stores.open().session().check()));
        EtcdStore heir = stores.open(remembered);
        assertEquals(remembered, heir.position());
        // A look at meta beside the check, as a change of pools makes it, must not hide it.
        refusal(heir.pools().change(set -> set.create(Pools.pool(2, "b", "10.2.0.0/16"))));
        assertTrue(await(heir.session().check()).frozen());
        assertEquals(remembered, heir.position());
    }

    @Test
    void measuresNoStoreByThePositionOfAnother() {
        stores.etcd.pass(10_000);
        await(store.session().check());
        var others = SimStores.made();
        // Its prefix was made anew since.
        others.etcd.content(SimStores.KEYS.root()).keySet().forEach(others.etcd::delete);
        for (int i = 0; i < 50; i++) {
            var _ = others.ids.get();
        }
        await(others.setup().init("owner"));
        assertEquals(FINE, await(others.open(store.position()).session().check()));
    }

    /** Their addresses look free in it. */
    @Test
    void refusesAnotherStoreWhilePodsOfTheFormerLive() {
        var others = SimStores.made();
        others.etcd.content(SimStores.KEYS.root()).keySet().forEach(others.etcd::delete);
        var _ = others.ids.get();
        await(others.setup().init("owner"));
        EtcdStore heir =
                EtcdStore.open(
                        others.etcd,
                        SimStores.CLUSTER,
                        others.clock,
                        others.ids,
                        _ -> {},
                        store.position(),
                        true);
        Rejection refused = refusal(heir.session().check());
        assertEquals(Reason.STORE_UNUSABLE, refused.reason());
        assertTrue(refused.message().contains("another store stands"), refused::message);
        EtcdStore same =
                EtcdStore.open(
                        stores.etcd,
                        SimStores.CLUSTER,
                        stores.clock,
                        stores.ids,
                        _ -> {},
                        store.position(),
                        true);
        assertEquals(FINE, await(same.session().check()));
    }

    @Test
    void goesOnFromAPositionOfAFormerGeneration() {
        SimBackup backup = stores.etcd.backup();
        stores.etcd.pass(1_000);
        await(store.session().check());
        Optional<String> remembered = store.position();
        stores.etcd.restore(backup, 0);
        stores.etcd.loseLink();
        assertTrue(await(store.session().check()).frozen());
        await(Clients.unfreeze(stores.setup(), Set.of()));
        assertFalse(await(stores.open(remembered).session().check()).frozen());
    }

    @Test
    void takesADamagedPositionForNone() {
        stores.etcd.pass(1_000);
        await(store.session().check());
        String line = store.position().orElseThrow();
        for (int i = 0; i < line.stripTrailing().length(); i++) {
            String flipped = line.substring(0, i) + '9' + line.substring(i + 1);
            assertTrue(
                    flipped.equals(line) || StorePosition.of(flipped).isEmpty(), flipped::toString);
            assertTrue(StorePosition.of(line.substring(0, i)).isEmpty());
        }
        assertEquals(FINE, await(stores.open(Optional.of("")).session().check()));
    }
}
