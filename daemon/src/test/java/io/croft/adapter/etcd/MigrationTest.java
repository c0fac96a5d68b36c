package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.SimEtcd.Fault;
import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.engine.Timings;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.Reason;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import io.croft.testing.Pools;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationTest {
    private static final Pool POOL = Pools.pool(1, "a", "10.1.0.0/16");
    private static final List<StoredPool> POOLS = List.of(new StoredPool(POOL, 4, 8));
    private static final List<ExternalRange> EXTERNAL =
            List.of(new ExternalRange("nodes", Cidr.parse("cidr", "10.9.0.0/16"), ""));

    private static final Install INSTALL = install(1, 7);

    private static Install install(int number, long incarnation) {
        return new Install(
                new UUID(1, number),
                "n1",
                "hw",
                "m",
                new UUID(2, 1),
                incarnation,
                new UUID(8, incarnation),
                "1.0");
    }

    private static Map<BlockId, Token> blocks(int count) {
        var blocks = new TreeMap<BlockId, Token>();
        for (int i = 0; i < count; i++) {
            blocks.put(new BlockId(POOL.id(), POOL.block(i)), new Token(1, 3, new UUID(7, i)));
        }
        return blocks;
    }

    private static EmbeddedContent content(Install install, Map<BlockId, Token> blocks) {
        var pools = new TreeMap<String, StoredPool>();
        POOLS.forEach(pool -> pools.put(pool.pool().name(), pool));
        var external = new TreeMap<String, ExternalRange>();
        EXTERNAL.forEach(range -> external.put(range.name(), range));
        return new EmbeddedContent(new PoolSet(9, pools, external), install, blocks);
    }

    private static CompletionStage<Boolean> migrate(SimStores stores, int count) {
        return stores.setup().migrate(content(INSTALL, blocks(count)));
    }

    private static Audit.Report audit(SimStores stores) {
        return await(new Audit(stores.etcd, SimStores.CLUSTER, stores.clock, stores.ids).run());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 400})
    void bringsEverythingOver(int count) {
        SimStores stores = SimStores.made();
        assertTrue(await(migrate(stores, count)));
        assertFalse(await(migrate(stores, count)));
        EtcdStore store = stores.checked();
        PoolSet pools = await(store.pools().read());
        assertEquals(POOLS.getFirst(), pools.get("a"));
        assertEquals(1, pools.external().size());
        assertEquals(blocks(count), await(store.blocks().owned(INSTALL.id())));
        assertEquals(List.of(), audit(stores).findings());
        // The agent goes on with its journal.
        Install next = install(1, 8);
        assertEquals(next, await(store.installs().register(next, 7)));
        var me = new Registrant(INSTALL.id(), "n1", 8, 1);
        var free = new BlockId(POOL.id(), POOL.block(500));
        var intent =
                new ClaimIntent(
                        free, Optional.empty(), Optional.empty(), new Token(1, 1, new UUID(7, 1)));
        assertInstanceOf(ClaimAnswer.Won.class, await(store.blocks().claim(intent, me)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LOST", "REPLY_LOST"})
    void isFinishedByRepeating(Fault fault) {
        boolean failed;
        int number = 1; // The first call may fail: it asks whose the endpoints are.
        do {
            number++;
            SimStores stores = SimStores.made();
            stores.etcd.fault(number, fault);
            failed = migrate(stores, 120).toCompletableFuture().isCompletedExceptionally();
            stores.etcd.fault(-1, Fault.NONE);
            if (failed) {
                EtcdStore store = stores.checked();
                PoolSet between = await(store.pools().read());
                boolean done = between.pools().size() == 1;
                // All of it is there, or none that anybody sees.
                assertEquals(done, await(store.installs().read(INSTALL.id())).isPresent());
                await(migrate(stores, 120));
            }
            assertEquals(List.of(), audit(stores).findings(), "call " + number);
            assertEquals(blocks(120), await(stores.checked().blocks().owned(INSTALL.id())));
        } while (failed);
        assertTrue(number > 8, "calls: " + number);
    }

    @Test
    void isUndoneByRepeatingWhenSomethingIsInTheWay() {
        SimStores stores = SimStores.made();
        stores.etcd.fault(9, Fault.LOST);
        refusal(migrate(stores, 120));
        assertTrue(stores.etcd.content("/croft/v1/c1/importing").size() == 1);
        EtcdStore store = stores.checked();
        await(store.pools().change(set -> set.create(Pools.pool(8, "x", "10.1.128.0/24"))));
        var refused = refusal(migrate(stores, 120));
        assertEquals(Reason.RANGE_OVERLAPS, refused.reason());
        assertTrue(refused.remedy().contains("a --cluster without it"), refused::remedy);
        assertEquals(Map.of(), stores.etcd.content("/croft/v1/c1/importing"));
        assertEquals(Map.of(), stores.etcd.content("/croft/v1/c1/blocks"));
        assertEquals(Map.of(), stores.etcd.content("/croft/v1/c1/owned"));
        assertEquals(List.of(), audit(stores).findings());
    }

    @Test
    void isRefusedWhileAnotherOneIsUnfinished() {
        SimStores stores = SimStores.made();
        stores.etcd.fault(9, Fault.LOST);
        refusal(migrate(stores, 120));
        assertEquals(
                Reason.STORE_UNUSABLE,
                refusal(stores.setup().migrate(content(install(2, 1), Map.of()))).reason());
    }

    @Test
    void isRefusedWhereTheNameIsTaken() {
        SimStores stores = SimStores.made();
        await(stores.checked().installs().register(install(2, 1), 0));
        assertEquals(Reason.NODE_NAME_TAKEN, refusal(migrate(stores, 3)).reason());
        assertEquals(Map.of(), stores.etcd.content("/croft/v1/c1/blocks"));
    }

    @Test
    void isRefusedInAFrozenStore() {
        SimStores stores = SimStores.made();
        await(stores.setup().freeze("a test says so"));
        assertEquals(Reason.STORE_FROZEN, refusal(migrate(stores, 3)).reason());
    }

    @Test
    void isUndoneByItsIdWhereItsNodeIsGone() {
        SimStores stores = SimStores.made();
        EtcdStore store = stores.checked();
        Pool seen = Pools.pool(8, "x", "10.8.0.0/16");
        await(store.pools().change(set -> set.create(seen)));
        Map<String, String> before = stores.etcd.content("/croft/v1/c1/");
        int call = 1;
        while (stores.etcd.content("/croft/v1/c1/blocks").isEmpty()) {
            stores.etcd.fault(++call, Fault.LOST);
            refusal(migrate(stores, 120));
            stores.etcd.fault(-1, Fault.NONE);
        }
        assertEquals(1, stores.etcd.content(SimStores.KEYS.importing()).size());
        assertEquals(
                Reason.INVALID_FIELD,
                refusal(stores.setup().abandonMigration(new UUID(1, 2))).reason());
        await(stores.setup().abandonMigration(INSTALL.id()));
        assertEquals(before, stores.etcd.content("/croft/v1/c1/"));
        assertEquals(
                Reason.INVALID_FIELD,
                refusal(stores.setup().abandonMigration(INSTALL.id())).reason());
    }

    @Test
    void leavesNoMarkerThatABackupFromTheMiddleOfItBringsBack() {
        for (boolean byId : List.of(true, false)) {
            SimStores stores = SimStores.made();
            var backup = new ArrayList<SimBackup>();
            int call = 0;
            do {
                backup.clear();
                stores = SimStores.made();
                SimEtcd etcd = stores.etcd;
                etcd.before(++call, () -> backup.add(etcd.backup()));
                await(migrate(stores, 120));
                etcd.restore(backup.getFirst(), 0);
            } while (stores.etcd.content("/croft/v1/c1/blocks").isEmpty());
            EtcdStore store = stores.checked();
            await(store.installs().register(install(1, 8), 0));
            await(store.pools().restore(set -> set.restore(POOL)));
            stores.clock.advance(Timings.LIFE.plusSeconds(1));
            await(Clients.unfreeze(stores.setup(), Set.of("n1")));
            assertEquals(1, stores.etcd.content(SimStores.KEYS.importing()).size());
            Map<String, String> blocks = stores.etcd.content("/croft/v1/c1/blocks");
            if (byId) {
                await(stores.setup().abandonMigration(INSTALL.id()));
            } else {
                assertFalse(await(migrate(stores, 120)), "it was there");
            }
            assertEquals(Map.of(), stores.etcd.content(SimStores.KEYS.importing()));
            assertEquals(blocks, stores.etcd.content("/croft/v1/c1/blocks"));
        }
    }

    @Test
    void beginsAnewWhereTheNodeServedOnInBetween() {
        for (int call = 1; call <= 14; call++) {
            SimStores stores = SimStores.made();
            stores.etcd.fault(call, Fault.AWAY);
            boolean refused = Clients.failure(migrate(stores, 120)).isPresent();
            stores.etcd.fault(-1, Fault.NONE);
            var blocks = new TreeMap<>(blocks(120));
            blocks.put(blocks.firstKey(), new Token(1, 5, new UUID(9, 9)));
            if (refused) {
                assertTrue(await(stores.setup().migrate(content(INSTALL, blocks))));
                assertEquals(blocks, await(stores.checked().blocks().owned(INSTALL.id())));
                assertEquals(List.of(), audit(stores).findings());
            }
        }
    }

    @Test
    void endsWholeOrNotAtAllBesideItsUndoing() {
        boolean ran;
        int call = 0;
        do {
            call++;
            SimStores stores = SimStores.made();
            stores.etcd.fault(12, Fault.AWAY);
            refusal(migrate(stores, 120));
            var rival = new ArrayList<Boolean>();
            stores.etcd.fault(-1, Fault.NONE);
            stores.etcd.before(
                    call, () -> rival.add(Clients.failure(migrate(stores, 120)).isEmpty()));
            Clients.failure(stores.setup().abandonMigration(INSTALL.id()));
            ran = !rival.isEmpty();
            stores.etcd.before(-1, () -> {});
            await(migrate(stores, 120));
            assertEquals(blocks(120), await(stores.checked().blocks().owned(INSTALL.id())));
            assertEquals(List.of(), audit(stores).findings());
        } while (ran);
        assertTrue(call > 3, "it was beside it");
    }

    @Test
    void isNotUndoneOnceItIsDone() {
        SimStores stores = SimStores.made();
        await(migrate(stores, 3));
        refusal(stores.setup().abandonMigration(INSTALL.id()));
        assertEquals(blocks(3), await(stores.checked().blocks().owned(INSTALL.id())));
    }

    @Test
    void writesNothingMoreOnceTheStoreIsFrozen() {
        boolean ran;
        int call = 0;
        do {
            call++;
            SimStores stores = SimStores.made();
            var at = new ArrayList<Map<String, String>>();
            stores.etcd.before(
                    call,
                    () -> {
                        await(stores.setup().freeze("a test says so"));
                        at.add(stores.etcd.content("/croft/v1/c1/"));
                    });
            var result = migrate(stores, 120).toCompletableFuture();
            ran = !at.isEmpty();
            if (ran) {
                assertTrue(result.isCompletedExceptionally(), "call " + call);
                assertEquals(at.getFirst(), stores.etcd.content("/croft/v1/c1/"), "call " + call);
            }
        } while (ran);
        assertTrue(call > 8, "calls: " + call);
    }
}
