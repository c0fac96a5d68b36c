package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.SimEtcd.Fault;
import io.croft.core.rejection.Reason;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreState;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StoreSetupTest {
    private final SimStores stores = new SimStores();

    @Test
    void makesAStoreOnce() {
        StoreSetup.Made made = await(stores.setup().init("me"));
        assertTrue(made.isNew());
        Map<String, String> content = stores.etcd.content("/");
        assertEquals(Set.of("/croft/v1/c1/meta", "/croft/v1/c1/raft"), content.keySet());
        StoreSetup.Made again = await(stores.setup().init("me"));
        assertEquals(new StoreSetup.Made(false, made.cluster(), 1), again);
        assertEquals(content, stores.etcd.content("/"));
    }

    @Test
    void makesNoStoreWhereAnotherOwnersIs() {
        await(stores.setup().init("me"));
        assertEquals(Reason.STORE_UNUSABLE, refusal(stores.setup().init("you")).reason());
        String remedy = refusal(stores.setup().init("")).remedy();
        assertTrue(remedy.startsWith("say --owner \"me\""), remedy);
    }

    @Test
    void makesNoStoreFromWhatIsLeftOfOne() {
        stores.etcd.put("/croft/v1/c1/blocks/x", "{}");
        assertEquals(Reason.STORE_UNUSABLE, refusal(stores.setup().init("me")).reason());
        assertEquals(1, stores.etcd.content("/").size());
    }

    @Test
    void sharesAnEtcdWithOtherClusters() {
        stores.etcd.put("/croft/v1/c11/meta", "?");
        stores.etcd.put("/croft/v1/c/meta", "?");
        assertTrue(await(stores.setup().init("me")).isNew());
    }

    @Test
    void makesAStoreAlsoWhenTheAnswerIsLost() {
        for (int call = 1; call <= 3; call++) {
            var each = new SimStores();
            each.etcd.fault(call, Fault.REPLY_LOST);
            refusal(each.setup().init("me"));
            await(each.setup().init("me"));
            assertEquals(StoreState.serving(1), await(each.open().session().check()));
        }
    }

    @Test
    void tellsWhatAStoreIsLike() {
        await(stores.setup().init("me"));
        EtcdStore store = stores.checked();
        Registrant one = Clients.registered(store, 1, "n1", new UUID(2, 1));
        await(store.installs().keepAlive(one));
        StoreStatus status = await(stores.setup().status());
        assertEquals(1, status.installs());
        assertEquals(1, status.live());
        assertEquals("me", status.owner());
        assertEquals(1, status.servers().size());
        assertTrue(status.servers().getFirst().isLeader());
        assertTrue(status.frozen().isEmpty());
        await(stores.setup().freeze("a test says so"));
        assertEquals(
                "a test says so", await(stores.setup().status()).frozen().orElseThrow().because());
        assertFalse(status.isMigrating());
    }
}
