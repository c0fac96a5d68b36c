package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.Finding.Severity;
import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Reason;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import io.croft.testing.Pools;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditTest extends InstallsAndClaims {
    private final Registrant me = new Registrant(new UUID(1, 1), "n1", 1, 1);
    private final Registrant other = new Registrant(new UUID(1, 2), "n2", 1, 1);

    @BeforeEach
    void fill() {
        await(
                store.pools()
                        .change(set ->
                                set.create(POOL)
                                        .create(Pools.pool(2, "b", "fd00::/64"))
                                        .register(range("nodes", "10.9.0.0/16"))));
        for (Registrant each : List.of(me, other)) {
            var install =
                    new Install(
                            each.install(),
                            each.node(),
                            "hw" + each.node(),
                            "m",
                            new UUID(2, 1),
                            1,
                            new UUID(8, 1),
                            "1.0");
            await(store.installs().register(install, 0));
        }
        for (long i = 0; i < 3; i++) {
            await(store.blocks().claim(first(block(i), i), me));
        }
        await(store.blocks().giveBack(block(2), token(2), me));
    }

    private static ExternalRange range(String name, String cidr) {
        return new ExternalRange(name, Cidr.parse("cidr", cidr), "");
    }

    private static BlockId block(long index) {
        return new BlockId(POOL.id(), POOL.block(index));
    }

    private static Token token(long index) {
        return new Token(1, 1, new UUID(7, index));
    }

    private static ClaimIntent first(BlockId block, long index) {
        return new ClaimIntent(block, Optional.empty(), Optional.empty(), token(index));
    }

    private Audit.Report report() {
        return await(new Audit(stores.etcd, SimStores.CLUSTER, stores.clock, stores.ids).run());
    }

    /** The one finding. */
    private void assertFound(Severity severity, String key, String word) {
        List<Finding> found = report().findings();
        assertEquals(1, found.size(), found::toString);
        assertEquals(severity, found.getFirst().severity());
        assertEquals(key, found.getFirst().key());
        assertTrue(found.getFirst().sentence().contains(word), found::toString);
    }

    private void replace(String key, String what, String by) {
        String old = value(key);
        assertTrue(old.contains(what), old);
        stores.etcd.put(key, old.replace(what, by));
    }

    @Test
    void findsNothingInAStoreInOrder() {
        assertEquals(new Audit.Report(List.of(), 2, 2, 3, 2, 0, 0), report());
    }

    @Test
    void findsACounterThatIsLostOrDamaged() {
        stores.etcd.delete(KEYS.poolset());
        assertFound(Severity.NOTE, KEYS.poolset(), "missing");
        stores.etcd.put(KEYS.poolset(), "nonsense");
        assertFound(Severity.NOTE, KEYS.poolset(), "cannot be read");
        await(store.pools().change(set -> set.become("a", PoolState.PAUSED)));
        assertEquals(List.of(), report().findings());
    }

    @Test
    void repairsNothing() {
        stores.etcd.delete(KEYS.owned(me.install(), block(0)));
        stores.etcd.put(KEYS.block(block(1)), "nonsense");
        var before = stores.etcd.content("/");
        report();
        assertEquals(before, stores.etcd.content("/"));
    }

    @Test
    void findsABlockThatIsNotInItsOwnersIndex() {
        stores.etcd.delete(KEYS.owned(me.install(), block(0)));
        assertFound(Severity.DANGER, KEYS.block(block(0)), "in the index by nobody");
    }

    @Test
    void findsAPlaceInTheIndexWithoutABlock() {
        stores.etcd.delete(KEYS.block(block(0)));
        assertFound(
                Severity.DANGER, KEYS.owned(me.install(), block(0)), "the index says that install");
    }

    @Test
    void findsAPlaceInTheIndexUnderAnotherToken() {
        replace(KEYS.owned(me.install(), block(0)), new UUID(7, 0).toString(), new UUID(7, 9) + "");
        assertFound(Severity.DANGER, KEYS.block(block(0)), "under another token");
    }

    @Test
    void findsABlockThatTwoInstallsCallTheirs() {
        stores.etcd.put(
                KEYS.owned(other.install(), block(0)), value(KEYS.owned(me.install(), block(0))));
        assertTrue(
                report().findings().stream()
                        .anyMatch(each -> each.sentence().contains("two owners")));
    }

    @Test
    void findsABlockOfAnInstallThatIsNone() {
        stores.etcd.delete(KEYS.install(me.install()));
        List<Finding> found = report().findings();
        assertEquals(
                2,
                found.stream()
                        .filter(f ->
                                f.sentence().contains("which is none")
                                        && f.severity() == Severity.WASTE)
                        .count(),
                found::toString);
    }

    @Test
    void findsATokenOfALaterGeneration() {
        replace(KEYS.meta(), "\"generation\": \"1\"", "\"generation\": \"0\"");
        assertEquals(
                Reason.STORE_UNUSABLE,
                refusal(new Audit(stores.etcd, "c1", stores.clock, stores.ids).run()).reason());
        replace(KEYS.meta(), "\"generation\": \"0\"", "\"generation\": \"1\"");
        replace(KEYS.block(block(2)), "\"generation\": \"1\"", "\"generation\": \"5\"");
        assertFound(Severity.DANGER, KEYS.block(block(2)), "generation 5");
    }

    @Test
    void findsPoolsThatOverlap() {
        replace(KEYS.pool("a"), "10.1.0.0/16", "10.0.0.0/8");
        assertTrue(
                report().findings().stream()
                        .anyMatch(each -> each.sentence().contains("overlaps")));
    }

    @Test
    void findsABlockOutsideItsPool() {
        var odd = new BlockId(POOL.id(), Cidr.parse("x", "10.2.0.0/26"));
        stores.etcd.put(KEYS.block(odd), value(KEYS.block(block(2))));
        assertFound(Severity.DANGER, KEYS.block(odd), "is no /26 of pool");
    }

    @Test
    void findsBlocksOfAPoolThatIsGone() {
        var odd = new BlockId(Pools.pool(9, "z", "10.8.0.0/16").id(), block(2).cidr());
        stores.etcd.put(KEYS.block(odd), value(KEYS.block(block(2))));
        assertFound(Severity.NOTE, KEYS.block(odd), "is gone");
    }

    @Test
    void findsWhatCannotBeRead() {
        stores.etcd.put(KEYS.block(block(2)), "nonsense");
        assertFound(Severity.WASTE, KEYS.block(block(2)), "cannot be read");
    }

    @Test
    void findsANameThatLeadsNowhere() {
        replace(KEYS.node("n2"), other.install().toString(), new UUID(1, 77).toString());
        assertFound(Severity.NOTE, KEYS.node("n2"), "which is none");
    }

    @Test
    void findsWhatWasBegunAndNotFinished() {
        replace(KEYS.install(other.install()), "{", "{\"reclaiming\": true,");
        assertFound(Severity.WASTE, KEYS.install(other.install()), "reclaim of node n2");
        replace(KEYS.install(other.install()), "\"reclaiming\": true,", "");
        replace(KEYS.pool("b"), "{\n", "{\"deleting\": true,\n");
        assertFound(Severity.WASTE, KEYS.pool("b"), "being deleted");
    }

    @Test
    void findsTwoNodesWithOneHardwareId() {
        replace(KEYS.install(other.install()), "hwn2", "hwn1");
        assertFound(Severity.NOTE, KEYS.install(me.install()), "hwn1 is that of 2 nodes: n1, n2");
    }

    @Test
    void findsThatItIsFrozen() {
        await(store.session().freeze("a test says so"));
        assertFound(Severity.DANGER, KEYS.meta(), "a test says so");
    }

    @Test
    void findsCopiesAndSignsOfNoInstall() {
        stores.etcd.put(KEYS.mirror(new UUID(1, 50)), "{}");
        assertFound(Severity.NOTE, KEYS.mirror(new UUID(1, 50)), "no install");
    }

    @Test
    void dropsWhatChangedMeanwhile() {
        // Between the reading of the index and that of the blocks, another claim is made.
        for (int call = 1; call <= 18; call++) {
            BlockId block = block(100 + call);
            long number = 100L + call;
            stores.etcd.before(call, () -> await(store.blocks().claim(first(block, number), me)));
            assertEquals(List.of(), report().findings(), "call " + call);
        }
    }

    @Test
    void looksAtTwentyThousandBlocks() {
        String record = value(KEYS.block(block(0)));
        String place = value(KEYS.owned(me.install(), block(0)));
        Pool large = Pools.pool(5, "large", "10.64.0.0/10");
        await(store.pools().change(set -> set.create(large)));
        var wrong = new ArrayList<String>();
        for (long i = 0; i < 20_000; i++) {
            var block = new BlockId(large.id(), large.block(i % large.blocks()));
            stores.etcd.put(KEYS.block(block), record);
            if (i % 1000 == 7) {
                wrong.add(KEYS.block(block));
            } else {
                stores.etcd.put(KEYS.owned(me.install(), block), place);
            }
        }
        Audit.Report report = report();
        assertEquals(wrong, report.findings().stream().map(Finding::key).toList());
        assertEquals(large.blocks() < 20_000 ? 3 + large.blocks() : 20_003, report.blocks());
    }
}
