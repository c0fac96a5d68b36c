package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.SimEtcd.Fault;
import io.croft.core.address.AddressRange;
import io.croft.core.address.Cidr;
import io.croft.core.block.ClaimIntent;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.PoolState;
import io.croft.core.pool.Reserved;
import io.croft.core.rejection.Reason;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.BlockStore.ClaimAnswer.Denied;
import io.croft.node.port.BlockStore.ClaimAnswer.Won;
import io.croft.testing.Pools;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pools in etcd: what is read when, and how one goes. */
class EtcdPoolsTest extends OneInstall {
    private int calls(Runnable something) {
        stores.etcd.fault(-1, Fault.NONE);
        something.run();
        return stores.etcd.calls();
    }

    @Test
    void readsTheCounterOnlyWhileItStands() {
        await(store.pools().read());
        assertEquals(1, calls(() -> await(store.pools().read())));
        await(other.pools().change(set -> set.become("a", PoolState.PAUSED)));
        assertEquals(2, calls(() -> await(store.pools().read())));
    }

    @Test
    void readsMorePoolsThanFitOnAPage() {
        for (int i = 0; i < 6; i++) {
            int hundred = i;
            await(
                    store.pools()
                            .change(set -> {
                                PoolSet next = set;
                                for (int j = 0; j < 100; j++) {
                                    next =
                                            next.create(
                                                    Pools.pool(
                                                            1000 + 100 * hundred + j,
                                                            "p%d-%02d".formatted(hundred, j),
                                                            "10.%d.%d.0/24"
                                                                    .formatted(2 + hundred, j)));
                                }
                                return next;
                            }));
        }
        assertEquals(601, await(other.pools().read()).pools().size());
    }

    @Test
    void refusesARecordThatIsTooLargeForAPage() {
        Pool wide = Pools.pool(7, "wide", "2001:db8:ffff:ffff::/64");
        List<AddressRange> ranges =
                IntStream.range(0, Reserved.MOST)
                        .mapToObj(i ->
                                "2001:db8:ffff:ffff:ffff:ffff:1%03x:1-2001:db8:ffff:ffff:ffff:ffff:1%03x:ff"
                                        .formatted(i, i))
                        .map(range -> AddressRange.parse("reserved", range))
                        .toList();
        Pool large =
                new Pool(
                        wide.id(),
                        wide.name(),
                        wide.cidr(),
                        wide.blockPrefix(),
                        wide.state(),
                        wide.form(),
                        wide.access(),
                        new Reserved(ranges),
                        wide.cooldown(),
                        wide.maxBlocks(),
                        wide.description());
        Map<String, String> before = stores.etcd.content("");
        var refused = refusal(store.pools().change(set -> set.create(large)));
        assertEquals(Reason.INVALID_FIELD, refused.reason());
        assertTrue(refused.message().contains("at most 65,536"), refused::message);
        assertEquals(before, stores.etcd.content(""));
    }

    @Test
    void refusesMoreChangesThanOneTransactionHolds() {
        var refused =
                refusal(
                        store.pools()
                                .change(set -> {
                                    PoolSet next = set;
                                    for (int j = 0; j < 130; j++) {
                                        next =
                                                next.register(
                                                        new ExternalRange(
                                                                "x" + j,
                                                                Cidr.parse(
                                                                        "x",
                                                                        "10.7.%d.0/24"
                                                                                .formatted(j)),
                                                                ""));
                                    }
                                    return next;
                                }));
        assertEquals(Reason.INVALID_FIELD, refused.reason());
        assertTrue(refused.message().contains("120"), refused::message);
        assertEquals(0, await(other.pools().read()).external().size());
    }

    @Test
    void seesAPoolThatAnotherMadeWhenItClaims() {
        Pool fresh = Pools.pool(2, "b", "10.2.0.0/16");
        await(other.pools().change(set -> set.create(fresh)));
        assertInstanceOf(Won.class, await(store.blocks().claim(intent(fresh, 0), me)));
    }

    @Test
    void keepsAClaimOutOfAPoolThatIsBeingDropped() {
        // At whatever moment the claim comes: it is won and the drop refused, or the other way.
        boolean done = false;
        var ends = new HashSet<Boolean>();
        for (int call = 1; !done; call++) {
            var each = new EtcdPoolsTest();
            each.fill();
            var answers = new ArrayList<ClaimAnswer>();
            each.stores.etcd.before(call, () -> answers.add(each.claim(0)));
            boolean refused =
                    each.other
                            .pools()
                            .change(set -> set.delete("a"))
                            .toCompletableFuture()
                            .isCompletedExceptionally();
            done = answers.isEmpty();
            assertEquals(!done && answers.getFirst() instanceof Won, refused, "call " + call);
            ends.add(refused);
            assertEquals(refused ? 1 : 0, each.stores.etcd.content(KEYS.root() + "blocks/").size());
            // The mark is taken back.
            assertFalse(each.value(KEYS.pool("a")).contains("deleting"));
        }
        assertEquals(Set.of(true, false), ends);
    }

    @Test
    void deniesClaimsInAPoolWithAMarkUntilItIsChanged() {
        put(KEYS.pool("a"), value(KEYS.pool("a")).replaceFirst("\\{", "{\"deleting\": true,"));
        var denied = assertInstanceOf(Denied.class, claim(0));
        assertTrue(denied.why().message().contains("being deleted"), denied::toString);
        await(store.pools().change(set -> set.become("a", PoolState.PAUSED)));
        assertInstanceOf(Won.class, claim(0));
    }

    @Test
    void dropsNoPoolInAFrozenStore() {
        await(store.session().freeze("a test says so"));
        assertEquals(
                Reason.STORE_FROZEN,
                refusal(store.pools().change(set -> set.delete("a"))).reason());
        var lost = Pools.pool(2, "b", "10.2.0.0/16");
        assertEquals(
                Reason.STORE_FROZEN,
                refusal(store.pools().change(set -> set.create(lost))).reason());
        await(store.pools().restore(set -> set.restore(lost)));
        assertTrue(await(store.pools().read()).find(lost.id()).isPresent());
    }

    @Test
    void forgetsTheTombstonesOfAPoolWithIt() {
        ClaimIntent intent = intent(0);
        await(store.blocks().claim(intent, me));
        await(store.blocks().giveBack(intent.block(), intent.next(), me));
        await(other.pools().change(set -> set.delete("a")));
        assertEquals(Map.of(), stores.etcd.content(KEYS.root() + "blocks/"));
    }

    @Test
    void keepsWhatItDoesNotKnowInAPool() {
        put(KEYS.pool("a"), value(KEYS.pool("a")).replaceFirst("\\{", "{\"weight\": 7,"));
        await(store.pools().change(set -> set.become("a", PoolState.PAUSED)));
        assertTrue(value(KEYS.pool("a")).contains("\"weight\": 7"), value(KEYS.pool("a")));
    }
}
