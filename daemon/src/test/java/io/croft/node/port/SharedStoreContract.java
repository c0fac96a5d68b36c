package io.croft.node.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.rejection.Reason;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.BlockStore.ClaimAnswer.Denied;
import io.croft.node.port.BlockStore.ClaimAnswer.Won;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every store of many nodes promises beside what every store does. */
public abstract class SharedStoreContract extends StoreContract {
    private static final ClusterDirectory.PoweredOff WORD =
            new ClusterDirectory.PoweredOff("a test", false);
    private @Nullable Shared opened;

    /** The ports of the store under test; the session has compared it. */
    public record Shared(
            Stores stores,
            StoreSession session,
            Pressure pressure,
            Mirror mirror,
            ClusterDirectory directory) {}

    protected abstract Shared openShared() throws Exception;

    @Override
    protected final Stores open() throws Exception {
        opened = openShared();
        return opened.stores();
    }

    private Shared shared() {
        return Objects.requireNonNull(opened);
    }

    private StoreSession session() {
        return shared().session();
    }

    @Test
    void isNotFrozenAtFirst() {
        assertEquals(StoreState.serving(1), await(session().check()));
    }

    @Test
    void staysFrozen() {
        StoreState frozen = await(session().freeze("a test says so"));
        assertTrue(frozen.frozen());
        assertEquals(1, frozen.generation());
        assertEquals(frozen, await(session().freeze("another test says so")));
        assertEquals(frozen, await(session().check()));
    }

    @Test
    void deniesClaimsAndReturnsWhileFrozen() {
        Registrant me = registered(1);
        ClaimIntent mine = first(block(1));
        await(blocks().claim(mine, me));
        await(session().freeze("a test says so"));
        assertDenied(Reason.STORE_FROZEN, await(blocks().claim(first(second(mine)), me)));
        assertFalse(await(blocks().giveBack(mine.block(), mine.next(), me)));
        assertEquals(Map.of(mine.block(), mine.next()), await(blocks().owned(me.install())));
    }

    @Test
    void answersAClaimThatWasMadeBeforeTheFreezeTheSame() {
        Registrant me = registered(1);
        ClaimIntent mine = first(block(1));
        await(blocks().claim(mine, me));
        await(session().freeze("a test says so"));
        assertEquals(new Won(), await(blocks().claim(mine, me)));
    }

    @Test
    void deniesAClaimOfAnotherGeneration() {
        Registrant me = registered(1);
        BlockId block = block(1);
        var later =
                new ClaimIntent(
                        block, Optional.empty(), Optional.empty(), new Token(2, 1, nonce()));
        assertDenied(Reason.STORE_UNAVAILABLE, await(blocks().claim(later, me)));
        assertEquals(Optional.empty(), await(blocks().read(block)));
    }

    @Test
    void onlyReadsWhenSomebodyReassertsInAStoreThatIsNotFrozen() {
        Registrant me = registered(1);
        BlockId block = block(1);
        assertEquals(
                Optional.empty(), await(blocks().reassert(block, new Token(1, 5, nonce()), me)));
        assertEquals(Optional.empty(), await(blocks().read(block)));
    }

    @Test
    void givesAReassertedBlockToTheHighestToken() {
        Registrant low = registered(1);
        Registrant high = registered(2);
        BlockId block = block(1);
        ClaimIntent old = first(block);
        await(blocks().claim(old, low));
        await(session().freeze("a test says so"));
        var token = new Token(1, 3, nonce());
        var expected = Optional.of(new BlockOwner(Optional.of(high.install()), high.node(), token));
        assertEquals(expected, await(blocks().reassert(block, token, high)));
        assertEquals(expected, await(blocks().reassert(block, token, high)));
        assertEquals(expected, await(blocks().reassert(block, old.next(), low)));
        assertEquals(Map.of(block, token), await(blocks().owned(high.install())));
        assertEquals(Map.of(), await(blocks().owned(low.install())));
        StoreState in = await(session().check());
        var word = new AssertedBlocks(id(50), false, 1, List.of());
        await(session().asserted(high, in, word));
        await(session().asserted(high, in, word));
    }

    @Test
    void showsBlocksPageByPage() {
        Registrant me = registered(1);
        BlockId zero = block(1);
        var pool = pool(1, "pool-1", "10.1.0.0/16");
        var claimed = new ArrayList<BlockId>();
        for (long index : List.of(0L, 1L, 5L, 700L)) {
            var block = new BlockId(zero.pool(), pool.block(index));
            await(blocks().claim(first(block), me));
            claimed.add(block);
        }
        BlockPage one = await(blocks().page(pool, 0, 2));
        assertEquals(Set.copyOf(claimed.subList(0, 2)), one.owners().keySet());
        BlockPage two = await(blocks().page(pool, one.next().orElseThrow(), 5));
        assertEquals(Set.copyOf(claimed.subList(2, 4)), two.owners().keySet());
        assertTrue(two.next().isEmpty());
        BlockPage last = await(blocks().page(pool, 6, 5));
        assertEquals(Set.of(claimed.getLast()), last.owners().keySet());
    }

    @Test
    void keepsTheNameOfALiveInstall() {
        Registrant me = registered(1);
        assertTrue(await(installs().keepAlive(me)));
        assertTrue(await(installs().isLive(me.install())));
        assertRefused(Reason.NODE_NAME_TAKEN, () -> await(installs().register(namesake(1, 2), 0)));
        await(installs().endLife(me));
        assertFalse(await(installs().isLive(me.install())));
        Install former = await(installs().read(me.install())).orElseThrow();
        assertTrue(await(installs().keepAlive(me)));
        assertFalse(await(installs().forget(former)));
        await(installs().endLife(me));
        Install heir = namesake(1, 2);
        assertEquals(heir, await(installs().register(heir, 0)));
        assertEquals(2, await(installs().ofNode(me.node())).size());
    }

    @Test
    void makesAnotherBootWaitForTheSignOfLifeToLapse() {
        Registrant me = registered(1);
        await(installs().keepAlive(me));
        Install rebooted = rebooted(install(1, 2));
        assertRefused(Reason.INSTALL_LIVE, () -> await(installs().register(rebooted, 1)));
        await(installs().endLife(me));
        assertEquals(rebooted, await(installs().register(rebooted, 1)));
    }

    @Test
    void takesNoSignOfLifeFromAnEarlierIncarnation() {
        Registrant old = registered(1);
        await(installs().keepAlive(old));
        Registrant now = registered(1, 1);
        assertFalse(await(installs().keepAlive(old)));
        assertTrue(await(installs().keepAlive(now)));
        assertTrue(await(installs().isLive(now.install())));
    }

    @Test
    void remembersAPressedPool() {
        BlockId block = block(1);
        assertEquals(Set.of(), await(shared().pressure().pressed()));
        await(shared().pressure().raise(block.pool()));
        await(shared().pressure().raise(block.pool()));
        assertEquals(Set.of(block.pool()), await(shared().pressure().pressed()));
    }

    @Test
    void showsTheCopyOfANode() {
        Registrant me = registered(1);
        assertEquals(Optional.empty(), await(shared().mirror().copyOf(me.install())));
        var line = new Mirror.Line("10.1.0.7", "pool-1", "shop", "cart-0", "c0ffee");
        var copy =
                new Mirror.Copy(me.node(), Instant.parse("2026-01-01T00:00:00Z"), List.of(line), 3);
        await(shared().mirror().write(me, copy));
        assertEquals(Optional.of(copy), await(shared().mirror().copyOf(me.install())));
    }

    @Test
    void listsMembersPageByPage() {
        for (int i = 1; i <= 5; i++) {
            Registrant each = registered(i);
            await(installs().keepAlive(each));
            if (i == 2) {
                await(blocks().claim(first(block(1)), each));
                await(installs().endLife(each));
            }
        }
        List<ClusterDirectory.Member> page = await(shared().directory().members(new UUID(0, 0), 3));
        assertEquals(
                List.of(id(1), id(2), id(3)),
                page.stream().map(each -> each.install().id()).toList());
        assertEquals(List.of(0L, 1L, 0L), page.stream().map(each -> each.blocks()).toList());
        assertEquals(List.of(true, false, true), page.stream().map(each -> each.live()).toList());
        assertTrue(page.getFirst().current());
        assertEquals(2, await(shared().directory().members(id(3), 10)).size());
        assertEquals(
                id(4), await(shared().directory().membersOf("node-4")).getFirst().install().id());
    }

    @Test
    void reclaimsTheBlocksOfADeadNode() {
        Registrant dead = registered(1);
        Registrant other = registered(2);
        ClaimIntent theirs = first(block(1));
        await(blocks().claim(theirs, dead));
        await(installs().keepAlive(dead));
        assertRefused(
                Reason.NODE_LIVE, () -> await(shared().directory().reclaim(dead.node(), WORD)));
        await(installs().endLife(dead));
        assertEquals(1, await(shared().directory().reclaim(dead.node(), WORD)));
        assertEquals(Map.of(), await(blocks().owned(dead.install())));
        assertDenied(Reason.INSTALL_SUPERSEDED, await(blocks().claim(first(second(theirs)), dead)));
        assertEquals(new Won(), await(blocks().claim(after(theirs.block(), theirs.next()), other)));
        assertRefused(
                Reason.NODE_UNKNOWN, () -> await(shared().directory().reclaim(dead.node(), WORD)));
    }

    @Test
    void letsAnInstallLeaveThatOwnsNothing() {
        Registrant me = registered(1);
        ClaimIntent mine = first(block(1));
        await(blocks().claim(mine, me));
        assertRefused(Reason.NODE_NOT_EMPTY, () -> await(shared().directory().leave(me)));
        await(blocks().giveBack(mine.block(), mine.next(), me));
        await(shared().directory().leave(me));
        assertEquals(Optional.empty(), await(installs().read(me.install())));
        assertEquals(List.of(), await(shared().directory().membersOf(me.node())));
        assertEquals(List.of(), await(installs().ofNode(me.node())));
    }

    /** Another install of the node of that number. */
    private Install namesake(int node, int number) {
        Install first = install(node, 1);
        return new Install(
                id(number),
                first.node(),
                first.hardwareId(),
                first.machineId(),
                id(60),
                1,
                nonce(),
                "1.0");
    }

    private static Install rebooted(Install install) {
        return new Install(
                install.id(),
                install.node(),
                install.hardwareId(),
                install.machineId(),
                id(61),
                install.incarnation(),
                install.nonce(),
                install.version());
    }

    private static BlockId second(ClaimIntent first) {
        return new BlockId(first.block().pool(), pool(1, "pool-1", "10.1.0.0/16").block(1));
    }

    private static void assertDenied(Reason reason, ClaimAnswer answer) {
        assertEquals(reason, assertInstanceOf(Denied.class, answer).why().reason());
    }
}
