package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreState;
import io.croft.testing.Pools;
import io.croft.testing.Some;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A freeze, and whose words end it. */
class FreezeTest {
    private static final UUID BOOT = new UUID(2, 1);

    private final SimStores stores = new SimStores();

    private EtcdStore begun() {
        await(stores.setup().init("me"));
        return stores.checked();
    }

    private static void speak(EtcdStore store, Registrant by, AssertedBlocks word) {
        await(store.session().asserted(by, await(store.session().check()), word));
    }

    @Test
    void endsAFreezeWhenAllSpoke() {
        EtcdStore store = begun();
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        Registrant two = Clients.registered(store, 2, "n2", BOOT);
        await(stores.setup().freeze("a test says so"));
        speak(store, one, new AssertedBlocks(BOOT, false, 1, List.of()));
        assertEquals(List.of("n2"), missing().stream().map(FrozenInstall::node).toList());
        var refused = refusal(Clients.unfreeze(stores.setup(), Set.of("n1")));
        assertEquals(Reason.STORE_FROZEN, refused.reason());
        assertTrue(refused.message().contains("n2"), refused::message);
        speak(store, two, new AssertedBlocks(BOOT, false, 7, List.of()));
        Unfrozen ended = await(Clients.unfreeze(stores.setup(), Set.of()));
        assertEquals(stores.unfrozen(), ended.state());
        assertEquals(2, ended.installs().size());
        assertEquals(
                new Unfrozen(stores.unfrozen(), List.of()),
                await(Clients.unfreeze(stores.setup(), Set.of())));
        assertEquals(Map.of(), stores.etcd.content("/croft/v1/c1/assert"));
    }

    @Test
    void takesNoWordOfAFreezeBefore() {
        EtcdStore store = begun();
        Clients.registered(store, 1, "n1", BOOT);
        String first = freeze("a test says so");
        SimBackup backup = stores.etcd.backup();
        await(stores.setup().unfreeze(first, Set.of("n1")));
        stores.etcd.restore(backup, 0);
        // It looks like the first one until somebody compares, which the end of it does.
        assertEquals(first, await(stores.setup().status()).frozen().orElseThrow().id());
        Rejection old = refusal(stores.setup().unfreeze(first, Set.of("n1")));
        assertEquals(Reason.STORE_FROZEN, old.reason());
        assertTrue(old.message().contains(first + " is none of it"), old::message);
        assertTrue(await(Clients.unfreeze(stores.setup(), Set.of("n1"))).installs().size() == 1);
    }

    @Test
    void freezesAFrozenStoreAnewOnAnOperatorsWord() {
        EtcdStore store = begun();
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        String first = freeze("a test says so");
        speak(store, one, new AssertedBlocks(BOOT, false, 1, List.of()));
        assertEquals(List.of(), missing());
        String second = freeze("restored from last night");
        assertNotEquals(first, second);
        assertEquals(List.of("n1"), missing().stream().map(FrozenInstall::node).toList());
        String both = "restored from last night; before that: a test says so";
        assertEquals(both, await(stores.setup().status()).frozen().orElseThrow().because());
        freeze("restored from last night");
        assertEquals(both, await(stores.setup().status()).frozen().orElseThrow().because());
    }

    private String freeze(String because) {
        return await(stores.setup().freeze(because)).freeze().orElseThrow();
    }

    @Test
    void takesTheOperatorsWordForAMissingOne() {
        EtcdStore store = begun();
        Clients.registered(store, 1, "n1", BOOT);
        Registrant two = Clients.registered(store, 2, "n2", BOOT);
        await(stores.setup().freeze("a test says so"));
        Unfrozen ended =
                await(Clients.unfreeze(stores.setup(), Set.of("n1", two.install().toString())));
        assertEquals(
                List.of("has not re-asserted its blocks", "has not re-asserted its blocks"),
                ended.installs().stream().map(each -> each.missing().orElse("")).toList());
    }

    @Test
    void beginsAGenerationThatNoOtherRestoreForgot() {
        begun();
        SimBackup backup = stores.etcd.backup();
        await(stores.setup().freeze("a test says so"));
        long first = await(Clients.unfreeze(stores.setup(), Set.of())).state().generation();
        stores.clock.advance(Duration.ofMinutes(5));
        stores.etcd.restore(backup, 0);
        await(stores.setup().freeze("again"));
        assertTrue(await(Clients.unfreeze(stores.setup(), Set.of())).state().generation() > first);
    }

    @Test
    void beginsAGenerationAboveAnyThatIsKnownWhateverTheClockSays() {
        EtcdStore store = begun();
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        long later = stores.unfrozen().generation() + 1_000_000;
        await(stores.setup().freeze("a test says so"));
        speak(store, one, new AssertedBlocks(BOOT, false, later, List.of()));
        assertEquals(
                later + 1, await(Clients.unfreeze(stores.setup(), Set.of())).state().generation());
    }

    @Test
    void beginsNoGenerationThatNobodyCouldRead() {
        EtcdStore store = begun();
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        var block = new BlockId(Pools.pool(1, "a", "10.1.0.0/16").id(), Some.cidr("10.1.0.0/26"));
        String key = SimStores.KEYS.block(block);
        stores.etcd.put(
                key,
                "{\"token\": {\"generation\": \"%d\", \"epoch\": \"1\", \"nonce\": \"%s\"}}"
                        .formatted((1L << 62) - 1, new UUID(7, 1)));
        await(stores.setup().freeze("a test says so"));
        speak(store, one, new AssertedBlocks(BOOT, false, 1, List.of()));
        Rejection refused = refusal(Clients.unfreeze(stores.setup(), Set.of()));
        assertEquals(Reason.STORE_UNUSABLE, refused.reason());
        assertEquals(key, refused.facts().get("key"));
        stores.etcd.delete(key);
        await(Clients.unfreeze(stores.setup(), Set.of()));
    }

    @Test
    void wantsAWordForWhoHoldsAddressesInAPoolThatWasGivenAway() {
        EtcdStore store = begun();
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        await(stores.setup().freeze("a test says so"));
        speak(store, one, new AssertedBlocks(BOOT, false, 1, List.of("pods")));
        String why = "holds addresses in pool pods, whose name or range was given away";
        assertEquals(Optional.of(why), missing().getFirst().missing());
        var refused = refusal(Clients.unfreeze(stores.setup(), Set.of()));
        assertTrue(refused.message().contains(why), refused::message);
        speak(store, one, new AssertedBlocks(BOOT, false, 1, List.of()));
        await(Clients.unfreeze(stores.setup(), Set.of()));
    }

    @Test
    void noticesWhoRegistersWhileTheFreezeIsBeingEnded() {
        EtcdStore store = begun();
        Clients.registered(store, 1, "n1", BOOT);
        await(stores.setup().freeze("a test says so"));
        await(store.session().check());
        stores.etcd.before(8, () -> Clients.registered(store, 2, "n2", BOOT));
        var refused = refusal(Clients.unfreeze(stores.setup(), Set.of("n1")));
        assertEquals(Reason.STORE_FROZEN, refused.reason());
        assertTrue(refused.message().contains("n2"), refused::message);
    }

    @Test
    void takesNoWordThatABackupBringsBack() {
        EtcdStore store = begun();
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        StoreState first = await(stores.setup().freeze("a test says so"));
        speak(store, one, new AssertedBlocks(BOOT, false, 1, List.of()));
        SimBackup backup = stores.etcd.backup();
        await(Clients.unfreeze(stores.setup(), Set.of()));
        stores.etcd.restore(backup, 0);
        assertEquals(
                Reason.STORE_FROZEN, refusal(Clients.unfreeze(stores.setup(), Set.of())).reason());
        StoreState second = await(stores.open().session().check());
        assertTrue(second.frozen());
        assertNotEquals(first, second);
        assertEquals(second, await(stores.open().session().check()));
        await(
                stores.open()
                        .session()
                        .asserted(one, first, new AssertedBlocks(BOOT, false, 1, List.of())));
        assertEquals(1, missing().size());
        speak(stores.open(), one, new AssertedBlocks(BOOT, false, 1, List.of()));
        await(Clients.unfreeze(stores.setup(), Set.of()));
    }

    /** A restored log begins at a few entries, and so did the one in which the freeze began. */
    @Test
    void takesNoWordThatABackupOfTheFirstMomentsOfAFreezeBringsBack() {
        EtcdStore store = begun();
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        stores.etcd.restore(stores.etcd.backup(), 0);
        StoreState first = await(stores.open().session().check());
        SimBackup backup = stores.etcd.backup();
        stores.etcd.restore(backup, 0);
        stores.etcd.pass(20);
        var word = new AssertedBlocks(BOOT, false, 1, List.of());
        await(stores.open().session().asserted(one, first, word));
        StoreState second = await(stores.open().session().check());
        assertTrue(first.frozen() && second.frozen());
        assertNotEquals(first, second);
        assertEquals(1, missing().size());
    }

    private List<FrozenInstall> missing() {
        return await(stores.setup().frozenInstalls()).stream()
                .filter(FrozenInstall::isMissing)
                .toList();
    }

    @Test
    void wantsAWordForWhoReplacesALostJournal() {
        EtcdStore store = begun();
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        await(stores.setup().freeze("a test says so"));
        speak(store, one, new AssertedBlocks(BOOT, true, 1, List.of()));
        assertEquals(
                Reason.STORE_FROZEN, refusal(Clients.unfreeze(stores.setup(), Set.of())).reason());
        await(Clients.unfreeze(stores.setup(), Set.of("n1")));
    }

    @Test
    void wantsNoWordForAFormerLifeOfAMachineThatSpokeInALaterBoot() {
        EtcdStore store = begun();
        Clients.registered(store, 1, "n1", BOOT);
        var later = new UUID(2, 2);
        Registrant heir = Clients.registered(store, 2, "n1", later);
        await(stores.setup().freeze("a test says so"));
        speak(store, heir, new AssertedBlocks(later, false, 1, List.of()));
        await(Clients.unfreeze(stores.setup(), Set.of()));
    }

    @Test
    void wantsAWordForAFormerLifeOfTheSameBoot() {
        EtcdStore store = begun();
        Registrant former = Clients.registered(store, 1, "n1", BOOT);
        Registrant heir = Clients.registered(store, 2, "n1", BOOT);
        await(stores.setup().freeze("a test says so"));
        speak(store, heir, new AssertedBlocks(BOOT, false, 1, List.of()));
        assertEquals(
                List.of(former.install()), missing().stream().map(FrozenInstall::install).toList());
    }

    @Test
    void doesNotCountAnAssertionOfAnEarlierFreeze() {
        EtcdStore store = begun();
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        await(stores.setup().freeze("a test says so"));
        speak(store, one, new AssertedBlocks(BOOT, false, 1, List.of()));
        Map<String, String> spoken = stores.etcd.content("/croft/v1/c1/asserted/");
        await(Clients.unfreeze(stores.setup(), Set.of()));
        spoken.forEach(stores.etcd::put);
        await(stores.setup().freeze("again"));
        assertEquals(
                Reason.STORE_FROZEN, refusal(Clients.unfreeze(stores.setup(), Set.of())).reason());
    }

    @Test
    void noticesWhoSpeaksWhileTheFreezeIsBeingEnded() {
        EtcdStore store = begun();
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        var pool = Pools.pool(1, "a", "10.1.0.0/16");
        await(store.pools().change(set -> set.create(pool)));
        await(stores.setup().freeze("a test says so"));
        var block = new BlockId(pool.id(), pool.block(0));
        for (int call = 1; call <= 6; call++) {
            long generation = stores.unfrozen().generation() + 100L * call;
            stores.etcd.before(
                    call,
                    () ->
                            await(
                                    store.blocks()
                                            .reassert(
                                                    block,
                                                    new Token(generation, 1, new UUID(7, 1)),
                                                    one)));
            StoreState ended = await(Clients.unfreeze(stores.setup(), Set.of("n1"))).state();
            assertTrue(ended.generation() > generation, "call " + call + ": " + ended);
            await(store.session().freeze("again"));
        }
    }
}
