package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.ClaimIntent;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Reason;
import io.croft.node.port.BlockStore.ClaimAnswer.Denied;
import io.croft.node.port.BlockStore.ClaimAnswer.Lost;
import io.croft.node.port.BlockStore.ClaimAnswer.Won;
import io.croft.node.port.Install;
import io.croft.testing.Pools;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of pools and blocks that nobody can read, and what goes on beside them. */
class UnreadableValuesTest extends OneInstall {
    /** As if somebody had changed the set, so that all is read again. */
    private void bump() {
        put(KEYS.poolset(), "77");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[]",
                "{}",
                "{\"pool\": {\"name\": \"b\"}}",
                "{\"pool\": 7}",
                "{\"pool\": {\"spec\": {\"cidr\": \"10.300.0.0/16\"}}}"
            })
    void keepsGoingBesideAPoolThatCannotBeRead(String hostile) {
        put(KEYS.pool("b"), hostile);
        bump();
        assertEquals(Set.of("a"), await(store.pools().read()).pools().keySet());
        assertInstanceOf(Won.class, claim(0));
        assertEquals(1, store.damaged().size());
        assertEquals(1, stores.alarms.size());
        await(store.pools().change(set -> set.become("a", PoolState.PAUSED)));
        // Which range it has nobody knows: any might be it.
        assertEquals(
                Reason.RANGE_OVERLAPS,
                refusal(store.pools().change(set -> set.create(Pools.pool(3, "c", "10.3.0.0/16"))))
                        .reason());
        assertEquals(
                Reason.STORE_UNUSABLE,
                refusal(store.pools().change(set -> set.create(Pools.pool(3, "b", "10.3.0.0/16"))))
                        .reason());
        assertEquals(hostile, value(KEYS.pool("b")));
    }

    @Test
    void freesOnlyOtherRangesBesideAPoolThatCannotBeRead() {
        put(KEYS.pool("b"), "{\"pool\": {\"spec\": {\"cidr\": \"10.2.0.0/16\"}}}");
        bump();
        await(store.pools().change(set -> set.create(Pools.pool(3, "c", "10.3.0.0/16"))));
        assertEquals(
                Reason.RANGE_OVERLAPS,
                refusal(store.pools().change(set -> set.create(Pools.pool(4, "d", "10.2.9.0/24"))))
                        .reason());
    }

    @Test
    void goesOnWithAPoolThatCannotBeReadAnyMore() {
        await(store.pools().read());
        put(KEYS.pool("a"), "nonsense");
        bump();
        assertEquals(POOL, await(store.pools().read()).get("a").pool());
        assertEquals(
                Reason.STORE_UNUSABLE,
                refusal(store.pools().change(set -> set.become("a", PoolState.PAUSED))).reason());
        assertEquals(
                Reason.STORE_UNUSABLE,
                refusal(store.pools().change(set -> set.delete("a"))).reason());
        assertInstanceOf(Denied.class, claim(0));
        assertEquals("nonsense", value(KEYS.pool("a")));
    }

    @Test
    void goesOnWithAPoolWhoseBlocksSomebodyMadeSmaller() {
        await(store.pools().read());
        String edited = value(KEYS.pool("a")).replace("Length\":26", "Length\":27");
        put(KEYS.pool("a"), edited);
        bump();
        assertEquals(POOL, await(store.pools().read()).get("a").pool());
        assertEquals(1, stores.alarms.size());
        assertInstanceOf(Denied.class, claim(0));
        // Who does not know it otherwise takes no block of the former size either.
        assertInstanceOf(Denied.class, await(other.blocks().claim(intent(0), me)));
        assertEquals(
                Reason.STORE_UNUSABLE,
                refusal(store.pools().change(set -> set.become("a", PoolState.PAUSED))).reason());
        assertEquals(edited, value(KEYS.pool("a")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "{}", "{\"installId\": 5}", "{\"token\": {}}"})
    void callsABlockTakenWhoseRecordCannotBeRead(String hostile) {
        ClaimIntent intent = intent(0);
        put(KEYS.block(intent.block()), hostile);
        assertInstanceOf(Lost.class, await(store.blocks().claim(intent, me)));
        assertEquals(Values.UNREADABLE, await(store.blocks().read(intent.block())).orElseThrow());
        assertEquals(
                Values.UNREADABLE,
                await(store.blocks().page(POOL, 0, 10)).owners().get(intent.block()));
        assertEquals(
                Reason.POOL_NOT_EMPTY,
                refusal(store.pools().change(set -> set.delete("a"))).reason());
        await(store.session().freeze("a test says so"));
        assertEquals(
                Values.UNREADABLE,
                await(store.blocks().reassert(intent.block(), intent.next(), me)).orElseThrow());
        assertEquals(hostile, value(KEYS.block(intent.block())));
    }

    @Test
    void leavesABlockToItsOwnerWhoseRecordCannotBeReadAnyMore() {
        ClaimIntent intent = intent(0);
        await(store.blocks().claim(intent, me));
        put(KEYS.block(intent.block()), "nonsense");
        assertEquals(
                Map.of(intent.block(), intent.next()), await(store.blocks().owned(me.install())));
    }

    @Test
    void goesOnFromACounterThatCannotBeRead() {
        long before = await(store.pools().read()).revision();
        put(KEYS.poolset(), "nonsense");
        assertTrue(await(store.pools().read()).revision() > before);
        PoolSet next = await(store.pools().change(set -> set.become("a", PoolState.PAUSED)));
        assertEquals(next, await(other.pools().read()));
    }

    /** Else agents would pass over every change until it had counted up to where it was. */
    @Test
    void goesOnBehindACounterThatWasDeleted() {
        for (int i = 0; i < 10; i++) {
            PoolState next = i % 2 == 0 ? PoolState.PAUSED : PoolState.ACTIVE;
            await(store.pools().change(set -> set.become("a", next)));
        }
        long before = await(store.pools().read()).revision();
        stores.etcd.delete(KEYS.poolset());
        assertTrue(await(other.pools().read()).revision() >= before);
        PoolSet next = await(store.pools().change(set -> set.become("a", PoolState.PAUSED)));
        assertTrue(next.revision() > before);
        assertEquals(next, await(other.pools().read()));
    }

    @Test
    void passesOverKeysThatItNeverWrote() {
        put(KEYS.root() + "blocks/" + POOL.id() + "/what", "x");
        put(KEYS.root() + "blocks/" + POOL.id() + "/999.001.000.000/26", "x");
        put(KEYS.root() + "owned/" + me.install() + "/what", "x");
        put(KEYS.root() + "installs/what", "x");
        put(KEYS.root() + "live/what", "x");
        put(KEYS.root() + "pressure/what", "x");
        claim(0);
        assertEquals(1, await(store.blocks().owned(me.install())).size());
        assertEquals(1, await(store.blocks().page(POOL, 0, 10)).owners().size());
        assertEquals(1, await(store.directory().members(new UUID(0, 0), 10)).size());
        assertEquals(Set.of(), await(store.pressure().pressed()));
        assertEquals(List.of(), store.damaged());
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "4611686018427387904", "-1"})
    void takesANumberThatIsTooLargeForAnUnreadableOne(String number) {
        ClaimIntent intent = intent(0);
        String nonce = new UUID(7, 99).toString();
        put(
                KEYS.block(intent.block()),
                "{\"token\": {\"generation\": \"1\", \"epoch\": \"%s\", \"nonce\": \"%s\"}}"
                        .formatted(number, nonce));
        Lost lost = assertInstanceOf(Lost.class, await(store.blocks().claim(intent, me)));
        assertEquals(Optional.of(Values.UNREADABLE), lost.now());
        List<String> block = store.damaged();
        assertEquals(1, block.size(), block.toString());
        assertTrue(block.getFirst().contains(KEYS.block(intent.block())));
        put(KEYS.poolset(), number);
        assertEquals(Set.of("a"), await(store.pools().read()).pools().keySet());
        assertEquals(2, store.damaged().size(), store.damaged().toString());
        assertTrue(store.damaged().getLast().contains(KEYS.poolset()));
        await(store.pools().change(set -> set.become("a", PoolState.PAUSED)));
        assertTrue(await(store.pools().read()).revision() > 0);
        assertEquals(block, store.damaged());
    }

    @Test
    void registersNobodyUnderANameWithTooManyFormerInstalls() {
        var former = new StringJoiner("\", \"", "[\"", "\"]");
        for (int i = 0; i < 17; i++) {
            former.add(new UUID(9, i).toString());
        }
        put(
                KEYS.node("n1"),
                "{\"installId\": \"%s\", \"former\": %s}".formatted(me.install(), former));
        var next =
                new Install(
                        me.install(), "n1", "hw", "m", new UUID(2, 1), 2, new UUID(8, 2), "1.0");
        var refused = refusal(store.installs().register(next, 1));
        assertEquals(Reason.STORE_UNUSABLE, refused.reason());
        assertTrue(refused.message().contains(KEYS.node("n1")), refused::message);
    }

    @Test
    void saysOnceThatABlockCannotBeReadAndForgetsItWhenItCan() {
        put(KEYS.block(intent(0).block()), "nonsense");
        assertInstanceOf(Lost.class, claim(0));
        assertInstanceOf(Lost.class, claim(0));
        assertEquals(1, stores.alarms.size(), stores.alarms.toString());
        assertTrue(stores.alarms.getFirst().contains(KEYS.block(intent(0).block())));
        assertEquals(stores.alarms, store.damaged());
        stores.etcd.delete(KEYS.block(intent(0).block()));
        await(store.blocks().read(intent(0).block()));
        assertEquals(List.of(), store.damaged());
    }

    @Test
    void keepsABoundedListOfWhatCannotBeRead() {
        List<String> alarms = new ArrayList<>();
        var unreadable = new Unreadable(alarms::add);
        for (int time = 0; time < 2; time++) {
            for (int i = 0; i < Unreadable.MOST + 9; i++) {
                unreadable.replace("part" + i, List.of("part " + i + " cannot be read"));
            }
        }
        assertEquals(Unreadable.MOST, unreadable.all().size());
        assertEquals(Unreadable.MOST + 1, alarms.size());
        assertTrue(alarms.getLast().contains("croft audit"), alarms.getLast());
    }
}
