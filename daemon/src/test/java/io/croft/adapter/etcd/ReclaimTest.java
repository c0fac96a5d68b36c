package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.SimEtcd.Fault;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.ClusterDirectory.PoweredOff;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The taking of a dead node's blocks, and who comes in between. */
class ReclaimTest extends InstallsAndClaims {
    private static final PoweredOff WORD = new PoweredOff("a test", false);

    @Test
    void reclaimsNothingWhileAnythingOnTheHardwareIsLive() {
        Registrant dead = register(install(1, "n1", "hw1", 1));
        claim(dead, 0);
        await(store.installs().endLife(dead));
        Registrant kin = register(install(2, "renamed", "hw1", 2));
        assertEquals(Reason.NODE_LIVE, refusal(store.directory().reclaim("n1", WORD)).reason());
        await(store.installs().endLife(kin));
        assertEquals(1, await(store.directory().reclaim("n1", WORD)));
    }

    @Test
    void reclaimsNothingFromWhoComesBackMeanwhile() {
        boolean done = false;
        for (int call = 1; !done; call++) {
            var each = new ReclaimTest();
            Registrant dead = each.register(each.install(1, "n1", "hw1", 1));
            BlockId block = each.claim(dead, 0);
            await(each.store.installs().endLife(dead));
            EtcdStore zombie = each.stores.checked();
            var answers = new ArrayList<Boolean>();
            each.stores.etcd.before(
                    call, () -> answers.add(await(zombie.installs().keepAlive(dead))));
            boolean refused =
                    each.store
                            .directory()
                            .reclaim("n1", WORD)
                            .toCompletableFuture()
                            .isCompletedExceptionally();
            done = answers.isEmpty();
            boolean lives = !done && answers.getFirst();
            assertEquals(lives, refused, "call " + call);
            assertEquals(
                    lives ? Set.of(block) : Set.of(),
                    await(each.store.blocks().owned(dead.install())).keySet());
        }
    }

    @Test
    void fencesTheZombieWhoseBlocksAreBeingReclaimed() {
        Registrant dead = register(install(1, "n1", "hw1", 1));
        for (int i = 0; i < 100; i++) {
            claim(dead, i);
        }
        await(store.installs().endLife(dead));
        // Cut off in the middle.
        stores.etcd.fault(8, Fault.LOST);
        refusal(store.directory().reclaim("n1", WORD));
        await(store.session().check());
        EtcdStore zombie = stores.checked();
        assertFalse(await(zombie.installs().keepAlive(dead)));
        Install again =
                new Install(
                        dead.install(), "n1", "hw1", "m", new UUID(2, 1), 2, new UUID(8, 99), "1");
        Rejection refused = refusal(zombie.installs().register(again, 1));
        assertEquals(Reason.INSTALL_SUPERSEDED, refused.reason());
        // A backup may bring the mark back after that machine came back: its pods then live.
        assertTrue(refused.remedy().contains("reboot this machine first"), refused::remedy);
        var block = new BlockId(POOL.id(), POOL.block(200));
        var intent =
                new ClaimIntent(
                        block, Optional.empty(), Optional.empty(), new Token(1, 1, new UUID(7, 0)));
        assertInstanceOf(ClaimAnswer.Denied.class, await(zombie.blocks().claim(intent, dead)));
        await(store.directory().reclaim("n1", WORD));
        assertEquals(Map.of(), await(store.blocks().owned(dead.install())));
        String word = stores.etcd.content(KEYS.reclaimed(dead.install())).values().toString();
        assertTrue(word.contains("\"blocks\": \"100\"") && word.contains("a test"), word);
        // It begins anew, with nothing.
        assertEquals(again, await(zombie.installs().register(again, 0)));
    }

    @Test
    void reclaimsAMachineByItsIdWhoseNameAnotherOneHas() {
        Registrant replaced = register(install(1, "n1", "hw1", 1));
        claim(replaced, 0);
        await(store.installs().endLife(replaced));
        Registrant heir = register(install(2, "n1", "hw2", 1));
        assertEquals(Reason.NODE_LIVE, refusal(store.directory().reclaim("n1", WORD)).reason());
        String id = replaced.install().toString();
        assertEquals(1, await(store.directory().reclaim(id, WORD)));
        assertEquals(
                List.of(heir.install()),
                await(store.installs().ofNode("n1")).stream().map(Install::id).toList());
        assertEquals(Reason.NODE_UNKNOWN, refusal(store.directory().reclaim(id, WORD)).reason());
    }

    @Test
    void reclaimsNothingInAFrozenStore() {
        Registrant dead = register(install(1, "n1", "hw1", 1));
        await(store.installs().endLife(dead));
        await(store.session().freeze("a test says so"));
        assertEquals(Reason.STORE_FROZEN, refusal(store.directory().reclaim("n1", WORD)).reason());
    }

    @Test
    void reclaimsNothingOnceTheStoreIsFrozen() {
        boolean ran;
        int call = 0;
        do {
            call++;
            var each = new ReclaimTest();
            Registrant dead = each.register(each.install(1, "n1", "hw1", 1));
            each.claim(dead, 0);
            await(each.store.installs().endLife(dead));
            var at = new ArrayList<Map<String, String>>();
            each.stores.etcd.before(
                    call,
                    () -> {
                        await(each.stores.setup().freeze("a test says so"));
                        at.add(each.stores.etcd.content("/croft/v1/"));
                    });
            var result = each.store.directory().reclaim("n1", WORD).toCompletableFuture();
            ran = !at.isEmpty();
            if (ran) {
                assertTrue(result.isCompletedExceptionally(), "call " + call);
                assertEquals(at.getFirst(), each.stores.etcd.content("/croft/v1/"), "call " + call);
            }
        } while (ran);
        assertTrue(call > 8, "calls: " + call);
    }

    @Test
    void letsNobodyLeaveOnceTheStoreIsFrozen() {
        for (int call = 1; call <= 3; call++) {
            var each = new ReclaimTest();
            Registrant me = each.register(each.install(1, "n1", "hw1", 1));
            each.stores.etcd.before(
                    call, () -> await(each.stores.setup().freeze("a test says so")));
            assertEquals(Reason.STORE_FROZEN, refusal(each.store.directory().leave(me)).reason());
            assertTrue(await(each.store.installs().read(me.install())).isPresent());
        }
    }

    @Test
    void reclaimsAnInstallByItsIdWhoseRecordCannotBeRead() {
        Registrant dead = register(install(1, "n1", "hw1", 1));
        claim(dead, 0);
        await(store.installs().endLife(dead));
        stores.etcd.put(KEYS.install(dead.install()), "nonsense");
        var refused = refusal(store.directory().reclaim("n1", WORD));
        assertEquals(Reason.STORE_UNUSABLE, refused.reason());
        assertTrue(refused.remedy().contains(dead.install().toString()), refused::remedy);
        String id = dead.install().toString();
        // Cut off behind the mark, and finished by the same call.
        stores.etcd.fault(6, Fault.LOST);
        refusal(store.directory().reclaim(id, WORD));
        await(store.session().check());
        assertEquals(1, await(store.directory().reclaim(id, WORD)));
        assertEquals(Map.of(), await(store.blocks().owned(dead.install())));
        assertEquals(Map.of(), stores.etcd.content(KEYS.install(dead.install())));
    }

    @Test
    void reclaimsByIdBesideANameThatCannotBeRead() {
        Registrant dead = register(install(1, "n1", "hw1", 1));
        claim(dead, 0);
        await(store.installs().endLife(dead));
        stores.etcd.put(KEYS.node("n1"), "nonsense");
        assertEquals(
                Reason.STORE_UNUSABLE, refusal(store.directory().reclaim("n1", WORD)).reason());
        assertEquals(1, await(store.directory().reclaim(dead.install().toString(), WORD)));
        assertEquals("nonsense", stores.etcd.content(KEYS.node("n1")).get(KEYS.node("n1")));
    }

    @Test
    void looksAtItsOwnNameOnlyWhereMachinesShareAHardwareId() {
        Registrant dead = register(install(1, "n1", "same", 1));
        claim(dead, 0);
        await(store.installs().endLife(dead));
        register(install(2, "n2", "same", 2));
        var refused = refusal(store.directory().reclaim("n1", WORD));
        assertEquals(Reason.NODE_LIVE, refused.reason());
        assertTrue(refused.remedy().contains("--shared-hardware"), refused::remedy);
        assertTrue(refused.remedy().contains("--hardware-id"), refused::remedy);
        // Its successor of the same name is that very machine for all that anybody knows.
        Registrant heir = register(install(3, "n1", "same", 3));
        String id = dead.install().toString();
        var shared = new PoweredOff("a test", true);
        var own = refusal(store.directory().reclaim(id, shared));
        assertEquals(Reason.NODE_LIVE, own.reason());
        assertFalse(own.remedy().contains("--shared-hardware"), own::remedy);
        await(store.installs().endLife(heir));
        assertEquals(1, await(store.directory().reclaim(id, shared)));
    }

    @Test
    void stopsWhereSomebodyElseHasReclaimedTheInstall() {
        Registrant dead = register(install(1, "n1", "hw1", 1));
        BlockId block = claim(dead, 0);
        BlockId damaged = claim(dead, 1);
        await(store.installs().endLife(dead));
        stores.etcd.put(KEYS.block(damaged), "nonsense");
        EtcdStore second = stores.checked();
        boolean ran;
        int call = 0;
        int refusals = 0;
        SimBackup backup = stores.etcd.backup();
        do {
            call++;
            stores.etcd.restore(backup, 1000L * call);
            stores.etcd.pass(1000);
            stores.etcd.fault(-1, Fault.NONE);
            var answers = new ArrayList<Long>();
            stores.etcd.before(
                    call, () -> answers.add(await(second.directory().reclaim("n1", WORD))));
            var result = store.directory().reclaim("n1", WORD).toCompletableFuture();
            ran = !answers.isEmpty();
            stores.etcd.before(-1, () -> {});
            assertTrue(stores.etcd.calls() < 60, "calls " + stores.etcd.calls());
            refusals += result.isCompletedExceptionally() ? 1 : 0;
            assertTrue(
                    await(store.blocks().read(block)).orElseThrow().install().isEmpty(),
                    "call " + call);
        } while (ran);
        assertTrue(refusals > 0);
    }
}
