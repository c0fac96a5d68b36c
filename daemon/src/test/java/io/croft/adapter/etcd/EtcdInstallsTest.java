package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.SimEtcd.Fault;
import io.croft.core.rejection.Reason;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.Mirror;
import io.croft.node.port.Registrant;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Installs in etcd: names, signs of life and copies. */
class EtcdInstallsTest extends InstallsAndClaims {
    @Test
    void isLiveFromItsRegistrationOn() {
        Registrant me = register(install(1, "n1", "hw1", 1));
        assertTrue(await(store.installs().isLive(me.install())));
        assertEquals(
                Reason.NODE_NAME_TAKEN,
                refusal(store.installs().register(install(2, "n1", "hw2", 1), 0)).reason());
    }

    /** As after the loss of a journal: to stop an agent or to rename a machine would be wrong. */
    @Test
    void saysToWaitWhereAFormerLifeOfTheMachineHasTheName() {
        register(install(1, "n1", "hw1", 1));
        String own = refusal(store.installs().register(install(2, "n1", "hw1", 1), 0)).remedy();
        assertTrue(own.startsWith("wait: ") && own.contains("45 s"), own);
        String other = refusal(store.installs().register(install(3, "n1", "hw3", 1), 0)).remedy();
        assertEquals(Reason.NODE_NAME_TAKEN.remedy(), other);
    }

    @Test
    void lapsesWithoutASignOfLife() {
        Registrant me = register(install(1, "n1", "hw1", 1));
        stores.clock.advance(Duration.ofSeconds(40));
        assertTrue(await(store.installs().keepAlive(me)));
        stores.clock.advance(Duration.ofSeconds(40));
        assertTrue(await(store.installs().isLive(me.install())));
        stores.clock.advance(Duration.ofSeconds(6));
        assertFalse(await(store.installs().isLive(me.install())));
        // The lease is lost, and another one begins.
        assertTrue(await(store.installs().keepAlive(me)));
        assertTrue(await(store.installs().isLive(me.install())));
    }

    @Test
    void renewsItsSignOfLifeInTwoCalls() {
        Registrant me = register(install(1, "n1", "hw1", 1));
        stores.etcd.fault(-1, Fault.NONE);
        await(store.installs().keepAlive(me));
        assertEquals(2, stores.etcd.calls());
    }

    @Test
    void takesTheSignOfLifeBackAfterARestartToo() {
        Registrant me = register(install(1, "n1", "hw1", 1));
        await(stores.checked().installs().endLife(me));
        assertFalse(await(store.installs().isLive(me.install())));
    }

    @Test
    void leavesTheSignOfLifeToWhoTookOver() {
        Registrant old = register(install(1, "n1", "hw1", 1));
        EtcdStore twin = stores.checked();
        Install next =
                new Install(
                        old.install(), "n1", "hw1", "m", new UUID(2, 1), 2, new UUID(8, 99), "1");
        await(twin.installs().register(next, 1));
        assertFalse(await(store.installs().keepAlive(old)));
        assertTrue(await(store.installs().isLive(old.install())));
    }

    @Test
    void namesTheFormerLivesOfAMachine() {
        Registrant former = register(install(1, "n1", "hw1", 1));
        await(store.installs().endLife(former));
        Registrant foreign = register(install(2, "n1", "hw2", 1));
        await(store.installs().endLife(foreign));
        Registrant heir = register(install(3, "n1", "hw1", 2));
        var identity = new InstallIdentity(heir.install(), "c1", "n1", "hw1", "m");
        assertEquals(
                List.of(former.install()),
                await(store.installs().predecessors(identity)).stream().map(Install::id).toList());
        // While it lives nothing is inherited from it.
        stores.etcd.put(KEYS.live(former.install()), "1");
        assertEquals(List.of(), await(store.installs().predecessors(identity)));
    }

    @Test
    void remembersThoseWhoOwnBlocksWhenANameHadManyInstalls() {
        Set<UUID> owners = new TreeSet<>();
        for (int i = 1; i <= 40; i++) {
            Registrant each = register(install(i, "n1", "hw1", i));
            if (i % 10 == 3) {
                claim(each, i);
                owners.add(each.install());
            }
            await(store.installs().endLife(each));
        }
        List<UUID> remembered =
                await(store.installs().ofNode("n1")).stream().map(Install::id).toList();
        assertTrue(remembered.size() <= NodeSeen.MOST_FORMER + 1, remembered::toString);
        assertTrue(remembered.containsAll(owners), remembered::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "{}", "{\"installId\": \"x\"}"})
    void registersOverNothingThatCannotBeRead(String hostile) {
        stores.etcd.put(KEYS.install(new UUID(1, 1)), hostile);
        Install next = install(1, "n1", "hw1", 1);
        assertEquals(Reason.STORE_UNUSABLE, refusal(store.installs().register(next, 0)).reason());
        assertEquals(Reason.STORE_UNUSABLE, refusal(store.installs().read(next.id())).reason());
        stores.etcd.put(KEYS.node("n2"), hostile);
        assertEquals(
                Reason.STORE_UNUSABLE,
                refusal(store.installs().register(install(2, "n2", "hw2", 1), 0)).reason());
        // The others are served.
        register(install(3, "n3", "hw3", 1));
        assertEquals(1, await(store.directory().members(new UUID(0, 0), 10)).size());
    }

    @Test
    void registersAgainWhoLostItsNameWhileTheAnswerWasLost() {
        Install first = install(1, "n1", "hw1", 1);
        Registrant me = register(first);
        await(store.installs().endLife(me));
        Registrant thief = register(install(2, "n1", "hw2", 1));
        assertEquals(Reason.NODE_NAME_TAKEN, refusal(store.installs().register(first, 0)).reason());
        await(store.installs().endLife(thief));
        assertEquals(first, await(store.installs().register(first, 0)));
        assertEquals(
                first.id(),
                await(store.directory().membersOf("n1")).stream()
                        .filter(each -> each.current())
                        .findFirst()
                        .orElseThrow()
                        .install()
                        .id());
    }

    @Test
    void listsHundredsOfMembers() {
        for (int i = 1; i <= 200; i++) {
            register(install(i, "n" + i, "hw" + i, 1));
        }
        stores.etcd.fault(-1, Fault.NONE);
        assertEquals(200, await(store.directory().members(new UUID(0, 0), 200)).size());
        assertTrue(stores.etcd.calls() <= 15, "calls: " + stores.etcd.calls());
    }

    @Test
    void leavesOutTheLastLinesOfACopyThatIsTooLarge() {
        Registrant me = register(install(1, "n1", "hw1", 1));
        var lines = new ArrayList<Mirror.Line>();
        for (int i = 0; i < 1000; i++) {
            lines.add(new Mirror.Line("10.1.0." + i, "a", "größer", "pod-" + i, "c" + i));
        }
        var copy = new Mirror.Copy("n1", Instant.EPOCH, lines, 5);
        await(store.mirror().write(me, copy));
        String value = stores.etcd.content(KEYS.mirror(me.install())).values().iterator().next();
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        assertTrue(bytes <= EtcdMirror.MOST_BYTES && bytes > EtcdMirror.MOST_BYTES - 200);
        Mirror.Copy read = await(store.mirror().copyOf(me.install())).orElseThrow();
        assertEquals(lines.subList(0, read.lines().size()), read.lines());
        assertEquals(1005, read.lines().size() + read.left());
        stores.etcd.put(KEYS.mirror(me.install()), "nonsense");
        assertEquals(Optional.empty(), await(store.mirror().copyOf(me.install())));
    }

    @Test
    void raisesPressureAgainInItsSecondHalf() {
        stores.etcd.fault(-1, Fault.NONE);
        await(store.pressure().raise(POOL.id()));
        int once = stores.etcd.calls();
        stores.clock.advance(Duration.ofMinutes(4));
        await(store.pressure().raise(POOL.id()));
        assertEquals(once, stores.etcd.calls());
        stores.clock.advance(Duration.ofMinutes(2));
        await(store.pressure().raise(POOL.id()));
        assertEquals(2 * once, stores.etcd.calls());
        stores.clock.advance(Duration.ofMinutes(9));
        assertEquals(Set.of(POOL.id()), await(store.pressure().pressed()));
        stores.clock.advance(Duration.ofMinutes(2));
        assertEquals(Set.of(), await(store.pressure().pressed()));
    }
}
