package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.embedded.EmbeddedStore;
import io.croft.adapter.etcd.SimCluster;
import io.croft.adapter.file.NioDisk;
import io.croft.adapter.file.StateDirectory;
import io.croft.adapter.journal.FileJournal;
import io.croft.adapter.journal.Opening;
import io.croft.adapter.journal.Sizes;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.Registrant;
import io.croft.testing.ManualClock;
import io.croft.testing.Some;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigratingTest {
    private static final UUID BOOT = Some.uuid("boot");
    private static final Pool PODS = Some.pool("pods", "10.7.0.0/16", PoolMode.ROUTED);
    private static final BlockId BLOCK = new BlockId(PODS.id(), Some.cidr("10.7.0.64/26"));
    private static final long RECORDS = 40;

    @TempDir private Path root;
    private final ManualClock clock = new ManualClock();
    private final NioDisk disk = new NioDisk();
    private final SimCluster cluster = new SimCluster(clock);
    private final InstallIdentity embedded = identity(StoreChoice.Embedded.CLUSTER);

    private static InstallIdentity identity(String cluster) {
        return new InstallIdentity(Some.uuid("install"), cluster, "n1", "hw", "machine");
    }

    /** A node that served one block from its embedded store, and was stopped. */
    @BeforeEach
    void serve() throws IOException {
        var store = openStore();
        SharedStore.done(store.change(all -> all.create(PODS)));
        Registrant me = register(store, embedded.installId());
        claim(store, me, BLOCK);
        store.close();
        try (var journal =
                FileJournal.create(
                        disk, root.resolve("journal"), embedded, Sizes.DEFAULT, clock.now())) {
            assertTrue(
                    journal.append(
                            clock.now(),
                            List.of(
                                    new Event.Started(BOOT),
                                    new Event.PoolDefined(PODS),
                                    new Event.ClaimIntended(intent(BLOCK)),
                                    new Event.BlockAdopted(BLOCK, Some.token(1)))));
            for (int i = 1; i < RECORDS; i++) {
                assertTrue(journal.append(clock.now(), List.of(new Event.SequenceReached(i))));
            }
            journal.commit();
        }
    }

    private EmbeddedStore openStore() {
        return EmbeddedStore.open(disk, root, false, () -> Some.uuid("store"), clock);
    }

    private static Registrant register(EmbeddedStore store, UUID id) {
        var install = new Install(id, "n1", "hw", "machine", BOOT, 1, Some.uuid("nonce"), "0.1.0");
        SharedStore.done(store.register(install, 0));
        return new Registrant(id, "n1", 1, 1);
    }

    private static void claim(EmbeddedStore store, Registrant by, BlockId block) {
        SharedStore.done(store.claim(intent(block), by));
    }

    private static ClaimIntent intent(BlockId block) {
        return new ClaimIntent(block, Optional.empty(), Optional.empty(), Some.token(1));
    }

    private Migrating migrating() {
        return migrating(root);
    }

    private Migrating migrating(Path directory) {
        return new Migrating(
                disk,
                clock,
                () -> Some.uuid("store"),
                cluster.setup(),
                SimCluster.NAME,
                directory,
                BOOT);
    }

    private Opening open(InstallIdentity identity, NodeState state) throws IOException {
        return FileJournal.open(
                disk, root.resolve("journal"), identity, BOOT, Sizes.DEFAULT, state::apply);
    }

    private void assertMigrated() throws IOException {
        assertFalse(Files.exists(root.resolve("store.json")));
        assertFalse(Files.exists(root.resolve("store.json.leaving")));
        var store = cluster.store();
        assertEquals(PODS, SharedStore.done(store.pools().read()).get("pods").pool());
        assertEquals(
                Map.of(BLOCK, Some.token(1)),
                SharedStore.done(store.blocks().owned(embedded.installId())));
        var state = new NodeState(new NodeProfile("n1", Map.of()));
        var opened = assertInstanceOf(Opening.Opened.class, open(identity(SimCluster.NAME), state));
        assertTrue(state.block(BLOCK).orElseThrow().isOwned());
        assertEquals(Optional.of(BOOT), opened.bootId());
        assertEquals(embedded.installId(), opened.identity().installId());
        // Else the sign of health would take it for a copy that was put back.
        assertTrue(opened.journal().sequence() >= RECORDS);
        opened.journal().close();
    }

    private void assertStillEmbedded() throws IOException {
        assertTrue(Files.exists(root.resolve("store.json")));
        var state = new NodeState(new NodeProfile("n1", Map.of()));
        assertInstanceOf(Opening.Opened.class, open(embedded, state));
    }

    private Reason refusal() {
        return assertThrows(RejectedException.class, () -> migrating().go()).rejection().reason();
    }

    @Test
    void bringsPoolsBlocksAndJournalOver() throws IOException {
        var done = migrating().go();
        assertEquals("n1", done.getNode());
        assertEquals(1, done.getPools());
        assertEquals(1, done.getBlocks());
        assertMigrated();
    }

    @Test
    void leavesAllAsItWasWhenEtcdRefuses() throws IOException {
        Pool other = Some.pool("other", "10.7.1.0/24", PoolMode.ROUTED);
        SharedStore.done(cluster.store().pools().change(all -> all.create(other)));
        assertEquals(Reason.RANGE_OVERLAPS, refusal());
        assertStillEmbedded();
    }

    @Test
    void finishesWhatWasCutOffAfterTheStoreWasPutAside() throws IOException {
        Files.move(root.resolve("store.json"), root.resolve("store.json.leaving"));
        var _ = migrating().go();
        assertMigrated();
    }

    @Test
    void finishesWhatWasCutOffBetweenTheJournals() throws IOException {
        var _ = migrating().go();
        Files.move(root.resolve("journal"), root.resolve("journal.next"));
        Files.move(root.resolve("store.json.left"), root.resolve("store.json.leaving"));
        var _ = migrating().go();
        assertMigrated();
    }

    @Test
    void finishesWhatWasCutOffBeforeTheStoreWasLetGo() throws IOException {
        var _ = migrating().go();
        Files.move(root.resolve("store.json.left"), root.resolve("store.json.leaving"));
        var _ = migrating().go();
        assertMigrated();
    }

    @Test
    void finishesWhenAnAnswerIsLost() throws IOException {
        for (int call = 1; Files.exists(root.resolve("store.json")) && call < 50; call++) {
            cluster.loseReply(call);
            try {
                var _ = migrating().go();
            } catch (RejectedException lost) {
                assertTrue(
                        Files.exists(root.resolve("store.json"))
                                || Files.exists(root.resolve("store.json.leaving")));
            }
        }
        cluster.loseReply(-1);
        if (Files.exists(root.resolve("store.json.leaving"))) {
            var _ = migrating().go();
        }
        assertMigrated();
    }

    @Test
    void staysOnItsWayWhenTheRepetitionOfALostReplyIsRefused() throws IOException {
        int call = 1; // The first one may fail: it asks whose the endpoints are.
        do {
            call++;
            cluster.loseReply(call);
            assertThrows(RejectedException.class, () -> migrating().go());
        } while (!Files.exists(root.resolve("store.json.leaving")) && call < 50);
        for (int each = 1; each <= 12; each++) {
            cluster.refuseCall(each);
            try {
                var _ = migrating().go();
                break;
            } catch (RejectedException away) {
                assertFalse(Files.exists(root.resolve("store.json")), "call " + each);
                assertTrue(Files.exists(root.resolve("store.json.leaving")), "call " + each);
            }
        }
        cluster.refuseCall(-1);
        assertMigrated();
    }

    @Test
    void refusesWhileAnAgentWorksInTheDirectory() throws IOException {
        try (var directory = StateDirectory.open(disk, root)) {
            assertTrue(directory.tryLock());
            assertEquals(Reason.INVALID_FIELD, refusal());
        }
    }

    @Test
    void refusesWhileAFormerLifeOwnsBlocks() throws IOException {
        var store = EmbeddedStore.open(disk, root, true, () -> Some.uuid("store"), clock);
        Registrant former = register(store, Some.uuid("former"));
        claim(store, former, new BlockId(PODS.id(), Some.cidr("10.7.0.128/26")));
        store.close();
        assertEquals(Reason.INVALID_FIELD, refusal());
        assertStillEmbedded();
    }

    @Test
    void refusesADirectoryWithoutAStoreOrWithoutAJournal() throws IOException {
        Migrating elsewhere = migrating(root.resolve("no"));
        assertThrows(RejectedException.class, elsewhere::go);
        Files.move(root.resolve("journal"), root.resolve("elsewhere"));
        assertEquals(Reason.INVALID_FIELD, refusal());
        assertTrue(Files.exists(root.resolve("store.json")));
    }
}
