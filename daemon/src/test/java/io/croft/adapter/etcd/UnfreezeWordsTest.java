package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.engine.Timings;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** For whom an operator's word is taken at the end of a freeze. */
class UnfreezeWordsTest {
    private static final UUID BOOT = new UUID(2, 1);
    private static final UUID LATER = new UUID(2, 2);

    private final SimStores stores = new SimStores();
    private EtcdStore store = stores.open();

    @BeforeEach
    void begin() {
        await(stores.setup().init("me"));
        store = stores.checked();
    }

    /** It gives a sign of life from now on. */
    private Registrant live(int number, String node, UUID boot, long incarnation) {
        var nonce = new UUID(8, 10L * number + incarnation);
        var install =
                new Install(
                        new UUID(1, number),
                        node,
                        "hw-" + node,
                        "m",
                        boot,
                        incarnation,
                        nonce,
                        "1.0");
        await(store.installs().register(install, incarnation - 1));
        return new Registrant(install.id(), node, incarnation, 1);
    }

    private void speak(Registrant by, UUID boot, boolean replacesLost) {
        var word = new AssertedBlocks(boot, replacesLost, 1, List.of());
        await(store.session().asserted(by, await(store.session().check()), word));
    }

    private void lapse() {
        stores.clock.advance(Timings.LIFE.plusSeconds(1));
    }

    @Test
    void refusesAWordForANodeThatIsLive() {
        live(1, "n1", BOOT, 1);
        await(stores.setup().freeze("a test says so"));
        for (String word : List.of("n1", new UUID(1, 1).toString())) {
            Rejection refused = refusal(Clients.unfreeze(stores.setup(), Set.of(word)));
            assertEquals(Reason.NODE_LIVE, refused.reason());
            assertTrue(refused.message().contains("n1"), refused::message);
        }
        lapse();
        await(Clients.unfreeze(stores.setup(), Set.of("n1")));
    }

    @Test
    void noticesASignOfLifeThatComesWhileTheFreezeIsBeingEnded() {
        Registrant one = Clients.registered(store, 1, "n1", BOOT);
        int calls = 0;
        boolean heard = true;
        while (heard) {
            await(store.session().freeze("again"));
            await(store.installs().endLife(one));
            var reached = new boolean[1];
            stores.etcd.before(
                    ++calls,
                    () -> {
                        reached[0] = true;
                        await(store.installs().keepAlive(one));
                    });
            Optional<Rejection> refused =
                    Clients.failure(Clients.unfreeze(stores.setup(), Set.of("n1")));
            heard = reached[0];
            assertEquals(
                    heard ? Optional.of(Reason.NODE_LIVE) : Optional.empty(),
                    refused.map(Rejection::reason),
                    "call " + calls);
        }
        assertTrue(calls > 8, "calls: " + calls);
    }

    @Test
    void refusesAWordForAnInstallWhoseMachineLivesOnInItsBoot() {
        Registrant former = Clients.registered(store, 1, "n1", BOOT);
        Registrant heir = live(2, "n1", BOOT, 1);
        await(stores.setup().freeze("a test says so"));
        speak(heir, BOOT, false);
        Rejection refused =
                refusal(Clients.unfreeze(stores.setup(), Set.of(former.install().toString())));
        assertEquals(Reason.NODE_LIVE, refused.reason());
        assertTrue(refused.message().endsWith("by install " + heir.install()), refused::message);
        lapse();
        await(Clients.unfreeze(stores.setup(), Set.of("n1")));
    }

    /** The boot may be the one in which it was lost: its pods live. Another boot needs no word. */
    @Test
    void wantsARebootAndNoWordOfWhoLostItsJournal() {
        Clients.registered(store, 1, "n1", BOOT);
        Registrant heir = live(2, "n1", BOOT, 1);
        await(stores.setup().freeze("a test says so"));
        speak(heir, BOOT, true);
        assertEquals(
                Reason.NODE_LIVE, refusal(Clients.unfreeze(stores.setup(), Set.of("n1"))).reason());
        lapse();
        speak(live(2, "n1", LATER, 2), LATER, false);
        await(Clients.unfreeze(stores.setup(), Set.of()));
    }

    /** It cannot register, so it gives no sign of life, and its machine's reboot is enough. */
    @Test
    void takesAWordForWhoseReclaimABackupBroughtBack() {
        Registrant one = live(1, "n1", BOOT, 1);
        String key = SimStores.KEYS.install(one.install());
        String record = Objects.requireNonNull(stores.etcd.content(key).get(key));
        stores.etcd.put(key, record.replaceFirst("}\\s*$", ", \"reclaiming\": true}"));
        await(stores.setup().freeze("a test says so"));
        assertFalse(await(store.installs().keepAlive(one)));
        await(Clients.unfreeze(stores.setup(), Set.of("n1")));
    }

    @Test
    void takesAWordForWhoSpokeAsHarmless() {
        Registrant one = live(1, "n1", BOOT, 1);
        await(stores.setup().freeze("a test says so"));
        speak(one, BOOT, false);
        Unfrozen ended = await(Clients.unfreeze(stores.setup(), Set.of("n1")));
        assertEquals(
                List.of(new FrozenInstall(one.install(), "n1", Optional.empty())),
                ended.installs());
    }

    @Test
    void refusesAWordForWhomNobodyKnows() {
        Clients.registered(store, 1, "n1", BOOT);
        await(stores.setup().freeze("a test says so"));
        String nobody = new UUID(1, 9).toString();
        Rejection refused = refusal(Clients.unfreeze(stores.setup(), Set.of("n1", "n2", nobody)));
        assertEquals(Reason.NODE_UNKNOWN, refused.reason());
        assertEquals(
                "the store knows no node or install \"%s\", \"n2\"".formatted(nobody),
                refused.message());
        assertTrue(refused.remedy().endsWith("n1 (%s)".formatted(new UUID(1, 1))));
    }
}
