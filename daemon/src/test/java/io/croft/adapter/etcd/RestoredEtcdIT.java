package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.rejection.Reason;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Install;
import io.croft.node.port.Mirror;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreState;
import io.croft.testing.Eventually;
import io.croft.testing.ManualClock;
import io.croft.testing.Pools;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Real servers that are put back from a backup, in each way in which one can do that. */
class RestoredEtcdIT {
    private static final Pool POOL = Pools.pool(1, "a", "10.1.0.0/16");
    private static final UUID BOOT = new UUID(2, 1);
    private static final Registrant ME = new Registrant(new UUID(1, 1), "n1", 1, 1);

    private static ClaimIntent intent(long index, long generation) {
        return new ClaimIntent(
                new BlockId(POOL.id(), POOL.block(index)),
                Optional.empty(),
                Optional.empty(),
                new Token(generation, 1, new UUID(7, index)));
    }

    static Stream<Arguments> ways() {
        return EtcdVersion.all().stream()
                .flatMap(version ->
                        Stream.of(
                                        Arguments.of(version, "first", false),
                                        Arguments.of(version, "second", false),
                                        Arguments.of(version, "first", true))
                                // The old one cannot bump.
                                .filter(way ->
                                        !version.name().equals("3.4") || !(boolean) way.get()[2]));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void isFrozenByWhoeverComesFirst(EtcdVersion version, String token, boolean bumped) {
        try (var stores = new RealStores(version);
                EtcdStore store = stores.client("c")) {
            RealEtcd server = stores.server();
            try (JetcdEtcd etcd = Clients.of(server.urls())) {
                await(stores.setup(etcd, "c").init("me"));
            }
            await(store.session().check());
            var install =
                    new Install(ME.install(), "n1", "hw", "m", BOOT, 1, new UUID(8, 1), "1.0");
            await(store.installs().register(install, 0));
            await(store.pools().change(set -> set.create(POOL)));
            Path backup = server.tool().snapshot(server.folder().resolve("backup"));
            // So that the new log is behind the mark, and behind what this client saw.
            for (int i = 0; i < 220; i++) {
                await(store.installs().keepAlive(ME));
                await(store.mirror().write(ME, new Mirror.Copy("n1", Instant.EPOCH, List.of(), i)));
            }
            await(store.session().check());
            ClaimIntent lost = intent(0, 1);
            assertInstanceOf(ClaimAnswer.Won.class, await(store.blocks().claim(lost, ME)));
            var losses = new AtomicInteger();
            store.session().onLost(losses::incrementAndGet);

            server.restore(backup, token, bumped);
            Eventually.holds(losses::get, () -> losses.get() > 0);
            // Nothing is claimed before the comparison.
            assertEquals(
                    Reason.STORE_UNAVAILABLE,
                    refusal(store.blocks().claim(intent(1, 1), ME)).reason());
            Eventually.holds(() -> "no answer", () -> frozen(store));
            assertInstanceOf(
                    ClaimAnswer.Denied.class, await(store.blocks().claim(intent(1, 1), ME)));
            try (EtcdStore newcomer = stores.client("c")) {
                assertTrue(await(newcomer.session().check()).frozen());
            }

            // The block that the backup does not know comes back with its owner.
            await(store.blocks().reassert(lost.block(), lost.next(), ME));
            await(
                    store.session()
                            .asserted(
                                    ME,
                                    await(store.session().check()),
                                    new AssertedBlocks(BOOT, false, 1, List.of())));
            try (JetcdEtcd etcd = Clients.of(server.urls())) {
                assertFalse(
                        await(Clients.unfreeze(stores.setup(etcd, "c"), Set.of()))
                                .state()
                                .frozen());
                assertEquals(
                        List.of(),
                        await(new Audit(etcd, "c", new ManualClock(), stores::uuid).run())
                                .findings());
            }
            StoreState unfrozen = await(store.session().check());
            assertFalse(unfrozen.frozen());
            assertTrue(unfrozen.generation() > 1);
            assertEquals(
                    Map.of(lost.block(), lost.next()), await(store.blocks().owned(ME.install())));
            var next = new Registrant(ME.install(), "n1", 1, unfrozen.generation());
            assertInstanceOf(
                    ClaimAnswer.Won.class,
                    await(store.blocks().claim(intent(1, next.generation()), next)));
        }
    }

    private static boolean frozen(EtcdStore store) {
        try {
            return store.session().check().toCompletableFuture().join().frozen();
        } catch (CompletionException noAnswer) {
            return false;
        }
    }

    @Test
    void isServingAfterItsLeaderMoved() {
        try (var server = RealEtcd.start(EtcdSetup.three(EtcdVersion.newest()));
                var etcd = Clients.of(server.urls())) {
            var clock = new ManualClock();
            await(new StoreSetup(etcd, "c", clock, UUID::randomUUID).init("me"));
            try (EtcdStore store =
                    EtcdStore.open(
                            Clients.of(server.urls()), "c", clock, UUID::randomUUID, _ -> {})) {
                for (int i = 0; i < 20; i++) {
                    assertEquals(StoreState.serving(1), await(store.session().check()));
                }
                server.tool()
                        .moveLeader(
                                server.members().stream()
                                        .filter(m -> !m.equals(server.tool().leader()))
                                        .findFirst()
                                        .orElseThrow());
                Eventually.holds(() -> "no answer", () -> isFine(store));
            }
        }
    }

    private static boolean isFine(EtcdStore store) {
        try {
            return !store.session().check().toCompletableFuture().join().frozen();
        } catch (CompletionException noAnswer) {
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("io.croft.testing.etcd.EtcdVersion#all")
    void claimsAFreeBlockInOneRoundTrip(EtcdVersion version) {
        try (var stores = new RealStores(version);
                EtcdStore store = stores.open()) {
            var install =
                    new Install(ME.install(), "n1", "hw", "m", BOOT, 1, new UUID(8, 1), "1.0");
            await(store.installs().register(install, 0));
            await(store.pools().change(set -> set.create(POOL)));
            await(store.blocks().claim(intent(0, 1), ME));
            long before = transactions(stores);
            for (int i = 1; i <= 10; i++) {
                await(store.blocks().claim(intent(i, 1), ME));
            }
            assertEquals(10, transactions(stores) - before);
            before = transactions(stores);
            for (int i = 1; i <= 10; i++) {
                assertTrue(
                        await(
                                store.blocks()
                                        .giveBack(intent(i, 1).block(), intent(i, 1).next(), ME)));
            }
            assertEquals(10, transactions(stores) - before);
        }
    }

    private static long transactions(RealStores stores) {
        return stores.server().member(0).handled("Txn", "OK");
    }
}
