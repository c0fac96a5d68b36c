package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.rejection.Reason;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreState;
import io.croft.testing.Pools;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client still believes after its link was lost: nothing. */
class LostLinkTest extends InstallsAndClaims {
    private static final StoreState FINE = StoreState.serving(1);
    private static final UUID INSTALL = new UUID(1, 1);

    private final Registrant me = new Registrant(INSTALL, "n1", 1, 1);

    @BeforeEach
    void begin() {
        register(install(1, "n1", "hw", 1));
        await(store.pools().change(set -> set.create(POOL)));
        await(store.blocks().claim(intent(POOL, 0), me));
    }

    /**
     * A store that was put back and went on, unnoticed, past the revisions that this client saw:
     * the same revision of a key says nothing then.
     */
    private void becomeAnotherAtTheSameRevisions(SimBackup backup, String key, String value) {
        stores.etcd.restore(backup, 0);
        stores.etcd.put(key, value);
        for (int i = 0; i < 10; i++) {
            stores.etcd.put("/elsewhere", "");
        }
        stores.etcd.pass(1_000);
        stores.etcd.loseLink();
        assertEquals(FINE, await(store.session().check()));
    }

    @Test
    void believesNoAnswerThatArrivesAfterTheLinkWasLost() {
        ClaimIntent intent = intent(POOL, 9);
        stores.etcd.before(1, stores.etcd::loseLink);
        assertEquals(Reason.OUTCOME_UNKNOWN, refusal(store.blocks().claim(intent, me)).reason());
        assertEquals(FINE, await(store.session().check()));
        assertInstanceOf(ClaimAnswer.Won.class, await(store.blocks().claim(intent, me)));
    }

    @Test
    void forgetsAfterALostLinkWhichRevisionsBlocksHad() {
        ClaimIntent first = intent(POOL, 9);
        await(store.blocks().claim(first, me));
        SimBackup backup = stores.etcd.backup();
        String key = SimStores.KEYS.block(first.block());
        String mine = stores.etcd.content(key).values().iterator().next();
        String anothers = mine.replace(INSTALL.toString(), new UUID(0, 3).toString());
        await(store.blocks().giveBack(first.block(), first.next(), me));
        becomeAnotherAtTheSameRevisions(backup, key, anothers);
        var again =
                new ClaimIntent(
                        first.block(),
                        Optional.empty(),
                        Optional.of(first.next()),
                        new Token(1, 2, new UUID(7, 99)));
        assertInstanceOf(ClaimAnswer.Lost.class, await(store.blocks().claim(again, me)));
        assertEquals(Set.of(anothers), Set.copyOf(stores.etcd.content(key).values()));
    }

    @Test
    void forgetsAfterALostLinkWhichRevisionsPoolsHad() {
        SimBackup backup = stores.etcd.backup();
        var pool = Pools.pool(2, "b", "10.2.0.0/16");
        var set = await(store.pools().change(all -> all.create(pool)));
        await(store.blocks().claim(intent(pool, 0), me));
        String marked = PoolSeen.text(Optional.empty(), set.get("b"), true);
        becomeAnotherAtTheSameRevisions(backup, SimStores.KEYS.pool("b"), marked);
        assertInstanceOf(
                ClaimAnswer.Denied.class, await(store.blocks().claim(intent(pool, 1), me)));
    }
}
