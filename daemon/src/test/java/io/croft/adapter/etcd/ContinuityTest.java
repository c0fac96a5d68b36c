package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.engine.Timings;
import io.croft.core.pool.Pool;
import io.croft.core.rejection.Reason;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreState;
import io.croft.testing.Pools;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContinuityTest {
    private static final StoreState FINE = StoreState.serving(1);
    private static final UUID INSTALL = new UUID(1, 1);

    private final SimStores stores = SimStores.made();
    private final EtcdStore store = stores.open();
    private final Registrant me = new Registrant(INSTALL, "n1", 1, 1);
    private long nonces;

    private ClaimAnswer claim(long index) {
        ClaimIntent intent = intent(Pools.pool(1, "a", "10.1.0.0/16"), index);
        return await(store.blocks().claim(intent, me));
    }

    private ClaimIntent intent() {
        return intent(Pools.pool(1, "a", "10.1.0.0/16"), 9);
    }

    private ClaimIntent intent(Pool pool, long index) {
        return new ClaimIntent(
                new BlockId(pool.id(), pool.block(index)),
                Optional.empty(),
                Optional.empty(),
                new Token(1, 1, new UUID(7, ++nonces)));
    }

    private void begin() {
        await(store.session().check());
        await(store.installs().register(install(INSTALL), 0));
        await(store.pools().change(set -> set.create(Pools.pool(1, "a", "10.1.0.0/16"))));
        claim(0);
    }

    private static Install install(UUID id) {
        return new Install(id, "n1", "hw", "m", new UUID(2, 1), 1, new UUID(8, 1), "1.0");
    }

    @Test
    void claimsNothingBeforeItLooked() {
        var again = refusal(store.blocks().claim(intent(), me)).reason();
        assertTrue(
                Set.of(Reason.STORE_UNAVAILABLE, Reason.OUTCOME_UNKNOWN).contains(again),
                again::name);
    }

    @Test
    void claimsAndReturnsNothingBetweenALostLinkAndALook() {
        begin();
        stores.etcd.loseLink();
        assertEquals(
                Reason.STORE_UNAVAILABLE, refusal(store.blocks().claim(intent(), me)).reason());
        assertEquals(
                Reason.STORE_UNAVAILABLE,
                refusal(store.blocks().giveBack(intent().block(), intent().next(), me)).reason());
        assertEquals(FINE, await(store.session().check()));
        assertInstanceOf(ClaimAnswer.Won.class, claim(1));
    }

    @Test
    void countsALookForNothingDuringWhichTheLinkWasLost() {
        begin();
        stores.etcd.loseLink();
        // Between its reading and its question to the member; the second look counts.
        stores.etcd.before(2, stores.etcd::loseLink);
        assertEquals(FINE, await(store.session().check()));
        assertInstanceOf(ClaimAnswer.Won.class, claim(1));
    }

    @Test
    void tellsThatTheLinkWasLost() {
        var lost = new AtomicInteger();
        store.session().onLost(lost::incrementAndGet);
        stores.etcd.loseLink();
        assertEquals(1, lost.get());
    }

    @Test
    void claimsInOneRoundTripWhenTheBlockIsFree() {
        begin();
        stores.etcd.fault(-1, SimEtcd.Fault.NONE);
        assertInstanceOf(ClaimAnswer.Won.class, claim(1));
        assertEquals(1, stores.etcd.calls());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000_000})
    void freezesAStoreThatWasPutBack(long bump) {
        begin();
        SimBackup backup = stores.etcd.backup();
        stores.etcd.pass(300);
        claim(1);
        stores.etcd.restore(backup, bump);
        stores.etcd.loseLink();
        assertTrue(await(store.session().check()).frozen());
        assertInstanceOf(ClaimAnswer.Denied.class, claim(2));
        assertTrue(await(stores.open().session().check()).frozen());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000_000})
    void believesNoAnswerOfAStoreThatWasPutBackUnnoticed(long bump) {
        begin();
        SimBackup backup = stores.etcd.backup();
        claim(1);
        stores.etcd.restore(backup, bump);
        var lost = new AtomicInteger();
        store.session().onLost(lost::incrementAndGet);
        assertEquals(Reason.OUTCOME_UNKNOWN, refusal(store.blocks().claim(intent(), me)).reason());
        assertEquals(1, lost.get());
        assertEquals(
                Reason.STORE_UNAVAILABLE, refusal(store.blocks().claim(intent(), me)).reason());
    }

    @Test
    void freezesAStoreWhoseClusterIsAnother() {
        begin();
        SimBackup backup = stores.etcd.backup();
        stores.etcd.restore(backup, 0);
        stores.etcd.pass(10_000);
        stores.etcd.becomeCluster(0xc2);
        assertTrue(await(stores.open().session().check()).frozen());
    }

    @Test
    void freezesByTheMarkThatOthersLeft() {
        begin();
        stores.etcd.pass(5_000);
        await(store.session().check());
        SimBackup backup = stores.etcd.backup();
        stores.etcd.restore(backup, 0);
        assertTrue(await(stores.open().session().check()).frozen());
    }

    @Test
    void freezesByWhatItSawItself() {
        begin();
        SimBackup backup = stores.etcd.backup();
        stores.etcd.pass(150);
        await(store.session().check());
        stores.etcd.restore(backup, 1_000_000);
        // Past the mark, and not as far as this client saw it.
        stores.etcd.pass(100);
        assertEquals(FINE, await(stores.open().session().check()));
        assertTrue(await(store.session().check()).frozen());
    }

    @Test
    void believesTheTermOfItsReadAndNotThatOfAnElectionThatAMemberBeganAlone() {
        begin();
        String before = mark();
        stores.etcd.campaignAlone(3);
        assertEquals(FINE, await(store.session().check()));
        stores.etcd.campaignAlone(0);
        assertEquals(FINE, await(store.session().check()));
        assertEquals(before, mark());
    }

    @Test
    void asksTheMemberInUseAndTheOthersOnlyWhereAnotherOneAnswered() {
        begin();
        int before = stores.etcd.surveys();
        await(store.session().check());
        assertEquals(before, stores.etcd.surveys());
        stores.etcd.askFirst(0xb2);
        assertEquals(FINE, await(store.session().check()));
        assertEquals(before + 1, stores.etcd.surveys());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "{\"clusterId\": \"zz\"}"})
    void freezesAStoreWhoseMarkSaysNothing(String mark) {
        begin();
        if (mark.isEmpty()) {
            stores.etcd.delete(SimStores.KEYS.raft());
        } else {
            stores.etcd.put(SimStores.KEYS.raft(), mark);
        }
        assertTrue(await(store.session().check()).frozen());
    }

    @Test
    void movesTheMarkUpWhenItIsOld() {
        begin();
        String before = mark();
        await(store.session().check());
        assertEquals(before, mark());
        stores.etcd.pass(300);
        await(store.session().check());
        assertTrue(!before.equals(mark()));
        String moved = mark();
        stores.etcd.elect();
        await(store.session().check());
        assertTrue(!moved.equals(mark()));
    }

    private String mark() {
        return stores.etcd.content(SimStores.KEYS.raft()).values().iterator().next();
    }

    @Test
    void goesOnInTheNextGenerationAfterAnUnfreeze() {
        begin();
        SimBackup backup = stores.etcd.backup();
        stores.etcd.pass(1000);
        await(store.session().check());
        stores.etcd.restore(backup, 0);
        stores.etcd.loseLink();
        assertTrue(await(store.session().check()).frozen());
        await(
                store.session()
                        .asserted(
                                me,
                                await(store.session().check()),
                                new AssertedBlocks(new UUID(2, 1), false, 1, List.of())));
        assertEquals(stores.unfrozen(), await(Clients.unfreeze(stores.setup(), Set.of())).state());
        // This client saw a log that had come much further.
        assertEquals(stores.unfrozen(), await(store.session().check()));
        stores.etcd.loseLink();
        assertEquals(stores.unfrozen(), await(store.session().check()));
        assertInstanceOf(ClaimAnswer.Denied.class, claim(1));
    }

    @Test
    void freezesAStoreThatFellBackToAnEarlierGeneration() {
        begin();
        SimBackup backup = stores.etcd.backup();
        await(store.session().freeze("a test says so"));
        stores.clock.advance(Timings.LIFE.plusSeconds(1));
        await(Clients.unfreeze(stores.setup(), Set.of("n1")));
        assertEquals(stores.unfrozen(), await(store.session().check()));
        stores.etcd.restore(backup, 0);
        stores.etcd.pass(100_000);
        assertTrue(await(store.session().check()).frozen());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[]",
                "{}",
                "{\"format\": 2, \"clusterUid\": \"00000000-0000-0008-0000-000000000008\","
                        + " \"generation\": \"1\"}",
                "{\"format\": 1, \"clusterUid\": \"?\", \"generation\": \"1\"}",
                "{\"format\": 1, \"clusterUid\": \"00000000-0000-0008-0000-000000000008\"}"
            })
    void refusesAPrefixThatIsNoneOfOurs(String meta) {
        if (meta.isEmpty()) {
            stores.etcd.delete(SimStores.KEYS.meta());
        } else {
            stores.etcd.put(SimStores.KEYS.meta(), meta);
        }
        var refused = refusal(store.session().check());
        assertEquals(Reason.STORE_UNUSABLE, refused.reason());
        assertEquals(SimStores.KEYS.meta(), refused.facts().get("key"));
    }

    @Test
    void refusesAnotherStoreThatStandsThereSince() {
        begin();
        stores.etcd.content(SimStores.KEYS.root()).keySet().forEach(stores.etcd::delete);
        await(stores.setup().init("owner"));
        stores.etcd.loseLink();
        assertEquals(Reason.STORE_UNUSABLE, refusal(store.session().check()).reason());
        assertEquals(
                Reason.STORE_UNAVAILABLE, refusal(store.blocks().claim(intent(), me)).reason());
    }
}
