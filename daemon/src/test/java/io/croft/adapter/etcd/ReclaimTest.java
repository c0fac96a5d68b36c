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
import io.croft.node.port.BlockStore.ClaimAnswer;
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
    @Test
    void reclaimsNothingWhileAnythingOnTheHardwareIsLive() {
        Registrant dead = register(install(1, "n1", "hw1", 1));
        claim(dead, 0);
        await(store.installs().endLife(dead));
        Registrant kin = register(install(2, "renamed", "hw1", 2));
        assertEquals(Reason.NODE_LIVE, refusal(store.directory().reclaim("n1", "a test")).reason());
        await(store.installs().endLife(kin));
        assertEquals(1, await(store.directory().reclaim("n1", "a test")));
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
                            .reclaim("n1", "a test")
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
        refusal(store.directory().reclaim("n1", "a test"));
        await(store.session().check());
        EtcdStore zombie = stores.checked();
        assertFalse(await(zombie.installs().keepAlive(dead)));
        Install again =
                new Install(
                        dead.install(), "n1", "hw1", "m", new UUID(2, 1), 2, new UUID(8, 99), "1");
        assertEquals(
                Reason.INSTALL_SUPERSEDED, refusal(zombie.installs().register(again, 1)).reason());
        var block = new BlockId(POOL.id(), POOL.block(200));
        var intent =
                new ClaimIntent(
                        block, Optional.empty(), Optional.empty(), new Token(1, 1, new UUID(7, 0)));
        assertInstanceOf(ClaimAnswer.Denied.class, await(zombie.blocks().claim(intent, dead)));
        await(store.directory().reclaim("n1", "a test"));
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
        assertEquals(Reason.NODE_LIVE, refusal(store.directory().reclaim("n1", "a test")).reason());
        String id = replaced.install().toString();
        assertEquals(1, await(store.directory().reclaim(id, "a test")));
        assertEquals(
                List.of(heir.install()),
                await(store.installs().ofNode("n1")).stream().map(Install::id).toList());
        assertEquals(
                Reason.NODE_UNKNOWN, refusal(store.directory().reclaim(id, "a test")).reason());
    }

    @Test
    void reclaimsNothingInAFrozenStore() {
        Registrant dead = register(install(1, "n1", "hw1", 1));
        await(store.installs().endLife(dead));
        await(store.session().freeze("a test says so"));
        assertEquals(
                Reason.STORE_FROZEN, refusal(store.directory().reclaim("n1", "a test")).reason());
    }
}
