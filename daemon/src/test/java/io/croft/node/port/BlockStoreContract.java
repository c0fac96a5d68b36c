package io.croft.node.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.PoolId;
import io.croft.core.rejection.Reason;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.BlockStore.ClaimAnswer.Denied;
import io.croft.node.port.BlockStore.ClaimAnswer.Lost;
import io.croft.node.port.BlockStore.ClaimAnswer.Won;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every {@link BlockStore} promises. */
public abstract class BlockStoreContract extends StoreContract {
    @Test
    void knowsNothingOfABlockThatWasNeverOwned() {
        assertEquals(Optional.empty(), await(blocks().read(block(1))));
    }

    @Test
    void givesAFreeBlockToItsClaimant() {
        Registrant me = registered(1);
        ClaimIntent intent = first(block(1));
        assertEquals(new Won(), claim(intent, me));
        assertEquals(owner(me, intent.next()), await(blocks().read(intent.block())));
        assertEquals(Map.of(intent.block(), intent.next()), await(blocks().owned(me.install())));
    }

    @Test
    void answersAClaimThatIsSentAgainTheSame() {
        Registrant me = registered(1);
        ClaimIntent intent = first(block(1));
        claim(intent, me);
        assertEquals(new Won(), claim(intent, me));
        assertEquals(Map.of(intent.block(), intent.next()), await(blocks().owned(me.install())));
    }

    @Test
    void answersAClaimThatIsSentAgainAfterARestartTheSame() {
        ClaimIntent intent = first(block(1));
        claim(intent, registered(1));
        assertEquals(new Won(), claim(intent, registered(1, 1)));
    }

    @Test
    void tellsTheLoserWhoOwnsTheBlock() {
        Registrant first = registered(1);
        Registrant second = registered(2);
        ClaimIntent won = first(block(1));
        claim(won, first);
        assertEquals(new Lost(owner(first, won.next())), claim(first(won.block()), second));
        assertEquals(owner(first, won.next()), await(blocks().read(won.block())));
        assertEquals(Map.of(), await(blocks().owned(second.install())));
    }

    @Test
    void tellsAClaimThatExpectsATombstoneThatThereIsNone() {
        BlockId block = block(1);
        ClaimIntent intent = after(block, new Token(1, 4, nonce()));
        assertEquals(new Lost(Optional.empty()), claim(intent, registered(1)));
        assertEquals(Optional.empty(), await(blocks().read(block)));
    }

    @Test
    void givesOneBlockToOneOfManyClaimants() throws Exception {
        BlockId block = block(1);
        for (int i = 0; i < 16; i++) {
            registered(i);
        }
        List<ClaimAnswer> answers =
                race(i -> blocks().claim(first(block), new Registrant(id(i), "node-" + i, 1, 1)));
        assertEquals(1, answers.stream().filter(Won.class::isInstance).count());
        assertEquals(15, answers.stream().filter(Lost.class::isInstance).count());
        UUID owner = await(blocks().read(block)).orElseThrow().install().orElseThrow();
        assertInstanceOf(Won.class, answers.get((int) owner.getLeastSignificantBits()));
    }

    @Test
    void leavesATombstoneWithTheTokenThatWasGivenBack() {
        Registrant me = registered(1);
        ClaimIntent intent = first(block(1));
        claim(intent, me);
        assertTrue(giveBack(intent, me));
        BlockOwner tombstone = await(blocks().read(intent.block())).orElseThrow();
        assertEquals(Optional.empty(), tombstone.install());
        assertEquals(intent.next(), tombstone.token());
        assertEquals(Map.of(), await(blocks().owned(me.install())));
    }

    @Test
    void answersAReturnThatIsSentAgainTheSame() {
        Registrant me = registered(1);
        ClaimIntent intent = first(block(1));
        claim(intent, me);
        giveBack(intent, me);
        assertTrue(giveBack(intent, me));
    }

    @Test
    void claimsAReturnedBlockByItsTombstoneOnly() {
        Registrant me = registered(1);
        ClaimIntent intent = first(block(1));
        claim(intent, me);
        giveBack(intent, me);
        assertInstanceOf(Lost.class, claim(first(intent.block()), registered(2)));
        assertInstanceOf(
                Lost.class, claim(after(intent.block(), new Token(1, 1, nonce())), registered(3)));
        ClaimIntent right = after(intent.block(), intent.next());
        Registrant fourth = registered(4);
        assertEquals(new Won(), claim(right, fourth));
        assertEquals(owner(fourth, right.next()), await(blocks().read(intent.block())));
    }

    @Test
    void doesNotGiveABlockToAClaimThatArrivesAfterItsReturn() {
        Registrant me = registered(1);
        ClaimIntent intent = first(block(1));
        claim(intent, me);
        giveBack(intent, me);
        assertInstanceOf(Lost.class, claim(intent, me));
        assertEquals(Map.of(), await(blocks().owned(me.install())));
    }

    @Test
    void doesNotTakeBackABlockThatHasAnotherOwnerByNow() {
        Registrant me = registered(1);
        ClaimIntent intent = first(block(1));
        claim(intent, me);
        giveBack(intent, me);
        Registrant other = registered(2);
        ClaimIntent next = after(intent.block(), intent.next());
        claim(next, other);
        assertTrue(giveBack(intent, me));
        assertEquals(owner(other, next.next()), await(blocks().read(intent.block())));
    }

    @Test
    void doesNotGiveBackABlockUnderAnotherToken() {
        Registrant me = registered(1);
        ClaimIntent intent = first(block(1));
        claim(intent, me);
        assertTrue(await(blocks().giveBack(intent.block(), new Token(1, 1, nonce()), me)));
        assertEquals(owner(me, intent.next()), await(blocks().read(intent.block())));
    }

    @Test
    void callsABlockThatWasNeverOwnedGivenBack() {
        BlockId block = block(1);
        assertTrue(await(blocks().giveBack(block, new Token(1, 1, nonce()), registered(1))));
        assertEquals(Optional.empty(), await(blocks().read(block)));
    }

    @Test
    void deniesAClaimOfAnEarlierIncarnation() {
        Registrant old = registered(1);
        registered(1, 1);
        ClaimIntent intent = first(block(1));
        assertDenied(Reason.INSTALL_SUPERSEDED, claim(intent, old));
        assertEquals(Optional.empty(), await(blocks().read(intent.block())));
    }

    @Test
    void deniesAClaimOfAnInstallThatNeverRegistered() {
        var stranger = new Registrant(id(9), "node-9", 1, 1);
        assertDenied(Reason.INSTALL_SUPERSEDED, claim(first(block(1)), stranger));
    }

    @Test
    void deniesAnEarlierIncarnationEvenItsOwnClaimSentAgain() {
        Registrant old = registered(1);
        ClaimIntent intent = first(block(1));
        claim(intent, old);
        registered(1, 1);
        assertDenied(Reason.INSTALL_SUPERSEDED, claim(intent, old));
    }

    @Test
    void keepsABlockThatAnEarlierIncarnationGivesBack() {
        Registrant old = registered(1);
        ClaimIntent intent = first(block(1));
        claim(intent, old);
        Registrant now = registered(1, 1);
        assertFalse(giveBack(intent, old));
        assertEquals(owner(old, intent.next()), await(blocks().read(intent.block())));
        assertTrue(giveBack(intent, now));
    }

    @Test
    void deniesAClaimInAPoolThatIsGone() {
        Registrant me = registered(1);
        BlockId block = block(1);
        await(pools().change(set -> set.delete("pool-1")));
        assertDenied(Reason.POOL_UNKNOWN, claim(first(block), me));
        var never = new BlockId(new PoolId(id(77)), block.cidr());
        assertDenied(Reason.POOL_UNKNOWN, claim(first(never), me));
    }

    @Test
    void letsABlockBeInheritedFromTheOwnerThatIsExpected() {
        Registrant former = registered(1);
        ClaimIntent theirs = first(block(1));
        claim(theirs, former);
        Registrant heir = registered(2);
        assertEquals(new Won(), claim(inherit(theirs, former.install()), heir));
        assertEquals(Map.of(), await(blocks().owned(former.install())));
        assertEquals(1, await(blocks().owned(heir.install())).size());
    }

    @Test
    void letsNobodyInheritFromAnotherOwnerOrUnderAnotherToken() {
        Registrant former = registered(1);
        ClaimIntent theirs = first(block(1));
        claim(theirs, former);
        Registrant heir = registered(2);
        assertInstanceOf(Lost.class, claim(inherit(theirs, id(5)), heir));
        ClaimIntent stale = after(theirs.block(), new Token(1, 1, nonce()));
        assertInstanceOf(
                Lost.class,
                claim(
                        new ClaimIntent(
                                stale.block(),
                                Optional.of(former.install()),
                                stale.expected(),
                                stale.next()),
                        heir));
        assertInstanceOf(Lost.class, claim(after(theirs.block(), theirs.next()), heir));
        assertEquals(owner(former, theirs.next()), await(blocks().read(theirs.block())));
    }

    @Test
    void letsNobodyInheritWhatWasGivenBack() {
        Registrant former = registered(1);
        ClaimIntent theirs = first(block(1));
        claim(theirs, former);
        giveBack(theirs, former);
        assertInstanceOf(Lost.class, claim(inherit(theirs, former.install()), registered(2)));
    }

    @Test
    void listsTheBlocksOfOneInstallOnly() {
        Registrant me = registered(1);
        Registrant other = registered(2);
        ClaimIntent mine = first(block(1));
        claim(mine, me);
        claim(first(block(2)), other);
        assertEquals(Map.of(mine.block(), mine.next()), await(blocks().owned(me.install())));
        assertEquals(Map.of(), await(blocks().owned(id(3))));
    }

    private ClaimIntent inherit(ClaimIntent theirs, UUID former) {
        ClaimIntent next = after(theirs.block(), theirs.next());
        return new ClaimIntent(next.block(), Optional.of(former), next.expected(), next.next());
    }

    private ClaimAnswer claim(ClaimIntent intent, Registrant by) {
        return await(blocks().claim(intent, by));
    }

    private boolean giveBack(ClaimIntent won, Registrant by) {
        return await(blocks().giveBack(won.block(), won.next(), by));
    }

    private static Optional<BlockOwner> owner(Registrant by, Token token) {
        return Optional.of(new BlockOwner(Optional.of(by.install()), by.node(), token));
    }

    private static void assertDenied(Reason reason, ClaimAnswer answer) {
        assertEquals(reason, assertInstanceOf(Denied.class, answer).why().reason());
    }
}
