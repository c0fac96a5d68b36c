package io.croft.core.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.testing.Refusals;
import io.croft.testing.Some;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PoolSetTest {
    private static final Pool POOL = Some.pool("a", "10.0.0.0/16", PoolMode.GATEWAY);
    private static final PoolSet SET = PoolSet.EMPTY.create(POOL);

    private static ExternalRange external(String name, String cidr) {
        return new ExternalRange(name, Some.cidr(cidr), "");
    }

    @Test
    void refusesAPoolThatOverlapsAnother() {
        for (String cidr : List.of("10.0.0.0/16", "10.0.255.0/24", "10.0.0.0/8", "8.0.0.0/5")) {
            var why =
                    Refusals.refused(
                            Reason.RANGE_OVERLAPS,
                            () -> SET.create(Some.pool("b", cidr, PoolMode.GATEWAY)));
            assertTrue(why.message().contains("pool \"a\" 10.0.0.0/16"), why.message());
            assertTrue(why.message().contains(cidr), why.message());
            assertEquals("cidr", why.facts().get("field"));
        }
        assertEquals(2, SET.create(Some.pool("b", "10.1.0.0/16", PoolMode.GATEWAY)).pools().size());
        assertEquals(2, SET.create(Some.pool("b", "fd00::/8", PoolMode.GATEWAY)).pools().size());
    }

    @Test
    void refusesRangesThatNoPodCanUse() {
        for (String cidr :
                List.of(
                        "0.0.0.0/0",
                        "127.1.0.0/16",
                        "169.254.0.0/24",
                        "224.0.0.0/4",
                        "::/0",
                        "::/64",
                        "fe80::/64",
                        "ff02::/64")) {
            var why =
                    Refusals.refused(
                            Reason.INVALID_FIELD,
                            () -> PoolSet.EMPTY.create(Some.pool("b", cidr, PoolMode.GATEWAY)));
            assertTrue(why.message().contains("which no pod can use"), why.message());
        }
    }

    @Test
    void refusesAPoolThatOverlapsAnExternalRange() {
        PoolSet set = PoolSet.EMPTY.register(external("services", "10.96.0.0/12"));
        var why =
                Refusals.refused(
                        Reason.RANGE_OVERLAPS,
                        () -> set.create(Some.pool("b", "10.100.0.0/16", PoolMode.GATEWAY)));
        assertTrue(
                why.message().contains("external range \"services\" 10.96.0.0/12"), why.message());
    }

    @Test
    void refusesAnExternalRangeThatOverlapsAPool() {
        var why =
                Refusals.refused(
                        Reason.RANGE_OVERLAPS, () -> SET.register(external("x", "10.0.1.0/24")));
        assertTrue(why.message().contains("pool \"a\""), why.message());
        assertEquals(1, SET.register(external("x", "10.1.0.0/24")).external().size());
    }

    @Test
    void refusesASecondPoolOrRangeOfAName() {
        Refusals.refused(
                Reason.POOL_EXISTS, () -> SET.create(Some.pool("a", "10.9.0.0/16", PoolMode.L2)));
        PoolSet set = SET.register(external("x", "10.1.0.0/24"));
        Refusals.refused(Reason.EXTERNAL_RANGE, () -> set.register(external("x", "10.2.0.0/24")));
    }

    @Test
    void refusesTheUnknown() {
        Refusals.refused(Reason.POOL_UNKNOWN, () -> SET.get("b"));
        Refusals.refused(Reason.POOL_UNKNOWN, () -> SET.delete("b"));
        Refusals.refused(Reason.POOL_UNKNOWN, () -> SET.become("b", PoolState.PAUSED));
        Refusals.refused(Reason.EXTERNAL_RANGE, () -> SET.forget("x"));
        Refusals.invalid("name", "X", () -> external("X", "10.1.0.0/24"));
    }

    @Test
    void refusesMorePoolsThanThereCanBe() {
        Map<String, StoredPool> full = new HashMap<>();
        for (int i = 0; i < PoolSet.MOST_POOLS; i++) {
            String name = "p" + i;
            String cidr = "10.%d.%d.0/24".formatted(i / 256, i % 256);
            full.put(name, new StoredPool(Some.pool(name, cidr, PoolMode.L2), 1, 1));
        }
        var set = new PoolSet(9, full, Map.of());
        var why =
                Refusals.invalid(
                        "name",
                        "b",
                        () -> set.create(Some.pool("b", "192.168.0.0/24", PoolMode.L2)));
        assertTrue(why.message().contains("1024"), why.message());
    }

    @Test
    void comparesEtagsWhereGiven() {
        PoolSet changed = SET.update(Some.limited(POOL, 3), SET.get("a").etag());
        assertEquals(3, changed.get("a").pool().maxBlocks());
        var why =
                Refusals.refused(
                        Reason.POOL_CHANGED,
                        () -> changed.update(Some.limited(POOL, 4), SET.get("a").etag()));
        assertTrue(why.message().contains("\"a\""), why.message());
        assertEquals(4, changed.update(Some.limited(POOL, 4), "").get("a").pool().maxBlocks());
    }

    @Test
    void neverChangesRangeOrBlockSize() {
        Refusals.refused(
                Reason.POOL_IMMUTABLE,
                () -> SET.update(Some.pool("a", "10.0.0.0/17", PoolMode.GATEWAY), ""));
        Refusals.refused(
                Reason.POOL_IMMUTABLE,
                () ->
                        SET.update(
                                Some.pool("a", "10.0.0.0/16", PoolMode.GATEWAY, 27, Some.DEFAULT),
                                ""));
    }

    @Test
    void keepsStateAndIdentityWhenItsRulesChange() {
        PoolSet paused = SET.become("a", PoolState.PAUSED);
        Pool other = Some.pool("other", "10.0.0.0/16", PoolMode.GATEWAY);
        var asWritten =
                new Pool(
                        other.id(),
                        "a",
                        other.cidr(),
                        other.blockPrefix(),
                        PoolState.ACTIVE,
                        other.form(),
                        other.access(),
                        other.reserved(),
                        other.cooldown(),
                        other.maxBlocks(),
                        "from a file");
        Pool after = paused.update(asWritten, "").get("a").pool();
        assertEquals(PoolState.PAUSED, after.state());
        assertEquals(POOL.id(), after.id());
        assertEquals("from a file", after.description());
    }

    @Test
    void neverChangesModeOrGateway() {
        Pool other = Some.pool("a", "10.0.0.0/16", PoolMode.ROUTED);
        var refused = assertThrows(RejectedException.class, () -> SET.update(other, ""));
        assertEquals(Reason.POOL_IMMUTABLE, refused.rejection().reason());
    }

    @Test
    void raisesRevisionAndVersionWithEachChange() {
        PoolSet paused = SET.become("a", PoolState.PAUSED);
        assertEquals(SET.revision() + 1, paused.revision());
        assertEquals(SET.get("a").version() + 1, paused.get("a").version());
        assertSame(paused, paused.become("a", PoolState.PAUSED));
        assertEquals(paused.revision() + 1, paused.delete("a").revision());
        assertTrue(SET.get("a").pool().state() == PoolState.ACTIVE, "the old value is as it was");
    }

    @Test
    void doublesTheSpanUpToAllBlocksAndOnlyFromWhereItIs() {
        PoolSet set = PoolSet.EMPTY.create(Some.pool("s", "10.0.0.0/16", PoolMode.ROUTED));
        PoolId id = set.get("s").pool().id();
        assertEquals(256, set.get("s").span());
        assertEquals(512, set.widen(id, 256).get("s").span());
        assertSame(set, set.widen(id, 512), "somebody else widened it");
        PoolSet whole = set.widen(id, 256).widen(id, 512);
        assertEquals(1024, whole.get("s").span());
        assertSame(whole, whole.widen(id, 1024));
        assertSame(whole, whole.widen(new PoolId(Some.uuid("none")), 4));
        assertEquals(set.get("s").version(), whole.get("s").version(), "an etag does not see it");
    }

    @Test
    void beginsWithAllBlocksOfASmallPool() {
        PoolSet set = PoolSet.EMPTY.create(Some.pool("s", "10.0.0.0/30", PoolMode.ROUTED));
        assertEquals(4, set.get("s").span());
    }

    @Test
    void findsByIdAndNotByNameAlone() {
        assertEquals(Optional.of(POOL), SET.find(POOL.id()).map(StoredPool::pool));
        PoolSet anew =
                SET.delete("a")
                        .create(
                                new Pool(
                                        new PoolId(Some.uuid("anew")),
                                        "a",
                                        POOL.cidr(),
                                        POOL.blockPrefix(),
                                        POOL.state(),
                                        POOL.form(),
                                        POOL.access(),
                                        POOL.reserved(),
                                        POOL.cooldown(),
                                        0,
                                        ""));
        assertEquals(Optional.empty(), anew.find(POOL.id()));
    }
}
