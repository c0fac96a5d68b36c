package io.croft.core.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.address.OrdinalSet;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.netns.SeenNetns;
import io.croft.core.pool.PoolId;
import io.croft.core.time.BootTime;
import io.croft.testing.Some;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class BlockTest {
    private static final Duration COOLDOWN = Duration.ofSeconds(130);
    private static final Optional<SeenNetns> NOBODY = Optional.empty();

    private static Block block(int size) {
        return block(new OrdinalSet(size));
    }

    private static Block block(OrdinalSet withheld) {
        int prefix = 32 - Integer.numberOfTrailingZeros(withheld.size());
        var id = new BlockId(new PoolId(Some.uuid("p")), Some.cidr("10.0.0.0/" + prefix));
        return new Block(id, new Owned(Some.token(1)), withheld);
    }

    /** Takes, releases and vacates the positions in this order, one a second from second 1. */
    private static void use(Block block, int... ordinals) {
        long second = 1;
        for (int ordinal : ordinals) {
            assertTrue(block.take(ordinal));
            assertTrue(block.rest(ordinal, Some.at(second++), Some.netns(ordinal + 1)));
            assertTrue(block.vacate(ordinal));
        }
    }

    private static OptionalInt pick(Block block, long second) {
        return block.pick(Some.at(second), COOLDOWN, NOBODY);
    }

    @Test
    void givesFreshPositionsInTheirOrder() {
        Block block = block(4);
        var given = new ArrayList<Integer>();
        for (int i = 0; i < 4; i++) {
            int ordinal = pick(block, 0).orElseThrow();
            assertTrue(block.take(ordinal));
            given.add(ordinal);
        }
        assertEquals(List.of(0, 1, 2, 3), given);
        assertEquals(OptionalInt.empty(), pick(block, 1_000_000));
    }

    @Test
    void prefersFreshPositionsToCooledOnes() {
        Block block = block(4);
        use(block, 0);
        assertEquals(OptionalInt.of(1), pick(block, 1_000));
    }

    @Test
    void givesNothingBeforeItsCooldownHasPassed() {
        Block block = block(1);
        use(block, 0);
        assertEquals(OptionalInt.empty(), pick(block, 130));
        assertFalse(block.canGive(0, Some.at(130), COOLDOWN, NOBODY));
        assertEquals(OptionalInt.of(0), pick(block, 131));
        assertTrue(block.canGive(0, Some.at(131), COOLDOWN, NOBODY));
    }

    @Test
    void givesNothingWhoseNamespaceMayBeAlive() {
        Block block = block(1);
        assertTrue(block.take(0));
        assertTrue(block.rest(0, Some.at(1), Some.netns(7)));
        assertEquals(OptionalInt.empty(), pick(block, 100_000));
        assertFalse(block.canGive(0, Some.at(100_000), COOLDOWN, Some.netns(8)));
        assertEquals(0, block.free(Some.at(100_000), COOLDOWN));
        assertTrue(block.vacate(0));
        assertEquals(OptionalInt.of(0), pick(block, 131));
    }

    @Test
    void givesANamespaceItsOwnFormerAddressOnceCooled() {
        Block block = block(1);
        assertTrue(block.take(0));
        assertTrue(block.rest(0, Some.at(1), Some.netns(7)));
        assertEquals(OptionalInt.empty(), block.pick(Some.at(130), COOLDOWN, Some.netns(7)));
        assertEquals(OptionalInt.of(0), block.pick(Some.at(131), COOLDOWN, Some.netns(7)));
        assertEquals(OptionalInt.empty(), block.pick(Some.at(131), COOLDOWN, Some.netns(8)));
    }

    @Test
    void reusesFirstWhatWasReleasedFirst() {
        Block block = block(4);
        use(block, 2, 0, 3, 1);
        var order = new ArrayList<Integer>();
        for (int i = 0; i < 4; i++) {
            int ordinal = pick(block, 1_000).orElseThrow();
            assertTrue(block.take(ordinal));
            order.add(ordinal);
        }
        assertEquals(List.of(2, 0, 3, 1), order);
    }

    @Test
    void passesOverWhatIsNotVacated() {
        Block block = block(2);
        assertTrue(block.take(0));
        assertTrue(block.rest(0, Some.at(1), Some.netns(7)));
        assertTrue(block.take(1));
        assertTrue(block.rest(1, Some.at(2), Some.netns(8)));
        assertTrue(block.vacate(1));
        assertEquals(OptionalInt.of(1), pick(block, 1_000));
    }

    @Test
    void keepsItsOrderWhenOneLeavesFromTheMiddle() {
        Block block = block(4);
        use(block, 0, 1, 2, 3);
        assertTrue(block.take(1));
        assertTrue(block.take(3));
        assertEquals(List.of(0, 2), block.resting().stream().map(Resting::ordinal).toList());
        assertTrue(block.rest(3, Some.at(9), NOBODY));
        assertEquals(List.of(0, 2, 3), block.resting().stream().map(Resting::ordinal).toList());
        assertTrue(block.take(0));
        assertTrue(block.take(2));
        assertTrue(block.take(3));
        assertEquals(List.of(), block.resting());
        assertEquals(4, block.held());
    }

    @Test
    void givesNothingThatItsPoolWithholds() {
        var withheld = new OrdinalSet(4);
        withheld.addRange(0, 1);
        Block block = block(withheld);
        assertEquals(OptionalInt.of(2), pick(block, 0));
        assertFalse(block.canGive(1, Some.at(0), COOLDOWN, NOBODY));
        assertEquals(2, block.unused());
        assertEquals(2, block.reserved());
    }

    @Test
    void neverReusesWhatIsWithheldMeanwhile() {
        Block block = block(2);
        use(block, 0, 1);
        var withheld = new OrdinalSet(2);
        withheld.add(0);
        block.withhold(withheld);
        assertEquals(OptionalInt.of(1), pick(block, 1_000));
        assertEquals(1, block.free(Some.at(1_000), COOLDOWN));
        assertFalse(block.canGive(0, Some.at(1_000), COOLDOWN, NOBODY));
    }

    @Test
    void keepsWhatIsHeldWhenItIsWithheldLater() {
        Block block = block(2);
        assertTrue(block.take(0));
        var withheld = new OrdinalSet(2);
        withheld.addRange(0, 1);
        block.withhold(withheld);
        assertTrue(block.isHeld(0));
        assertEquals(1, block.reserved(), "what is held is not counted as kept back");
    }

    @Test
    void refusesToHoldTwice() {
        Block block = block(2);
        assertTrue(block.take(0));
        assertFalse(block.take(0));
        assertFalse(block.rest(1, Some.at(1), NOBODY));
        assertFalse(block.vacate(0));
        assertEquals(1, block.held());
    }

    @Test
    void answersNoToPositionsItDoesNotHave() {
        Block block = block(2);
        for (int ordinal : new int[] {-1, 2, 64, Integer.MAX_VALUE}) {
            assertFalse(block.take(ordinal));
            assertFalse(block.rest(ordinal, Some.at(1), NOBODY));
            assertFalse(block.vacate(ordinal));
            assertFalse(block.isHeld(ordinal));
            assertEquals(Optional.empty(), block.resting(ordinal));
        }
    }

    @Test
    void givesNothingUnlessOwned() {
        Block block = block(2);
        var states =
                List.of(
                        new Ownership.Returning(Some.token(1)),
                        new Ownership.Unvalidated(Some.token(1)),
                        new Ownership.Quarantined(Some.token(1), Cause.VIOLATION),
                        new Ownership.Claiming(
                                new ClaimIntent(
                                        block.id(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Some.token(1))));
        for (Ownership state : states) {
            block.become(state);
            assertEquals(OptionalInt.empty(), pick(block, 1_000));
            assertFalse(block.canGive(0, Some.at(1_000), COOLDOWN, NOBODY));
            assertFalse(block.take(0));
            assertEquals(0, block.free(Some.at(1_000), COOLDOWN));
        }
    }

    @Test
    void canGoBackOnceNothingIsHeldAndEverythingHasCooledAndIsVacated() {
        Block block = block(2);
        assertTrue(block.isSpent(Some.at(0), COOLDOWN));
        assertTrue(block.take(0));
        assertFalse(block.isSpent(Some.at(1_000), COOLDOWN), "held");
        assertTrue(block.rest(0, Some.at(1), Some.netns(7)));
        assertFalse(block.isSpent(Some.at(1_000), COOLDOWN), "not vacated");
        assertTrue(block.vacate(0));
        assertFalse(block.isSpent(Some.at(130), COOLDOWN), "cooling");
        assertTrue(block.isSpent(Some.at(131), COOLDOWN));
    }

    @Test
    void countsAnAddressThatMayBeGivenAgainAsFree() {
        Block block = block(4);
        assertTrue(block.take(0));
        assertTrue(block.rest(0, Some.at(1), Some.netns(7)));
        assertTrue(block.take(1));
        assertEquals(1, block.resting(Some.at(1_000), COOLDOWN), "not vacated");
        assertTrue(block.vacate(0));
        assertEquals(1, block.resting(Some.at(130), COOLDOWN), "cooling");
        assertFalse(block.isRested(0, Some.at(130), COOLDOWN));
        assertEquals(0, block.resting(Some.at(131), COOLDOWN));
        assertTrue(block.isRested(0, Some.at(131), COOLDOWN));
        assertFalse(block.isRested(1, Some.at(131), COOLDOWN), "held");
        assertEquals(3, block.free(Some.at(131), COOLDOWN));
    }

    @Test
    void pagesThroughWhatIsNotVacated() {
        Block block = block(8);
        for (int ordinal : new int[] {6, 1, 3}) {
            assertTrue(block.take(ordinal));
            assertTrue(block.rest(ordinal, Some.at(1), Some.netns(ordinal + 1)));
        }
        assertTrue(block.vacate(3));
        assertEquals(List.of(1, 6), block.unvacated(0, 9).stream().map(Resting::ordinal).toList());
        assertEquals(List.of(1), block.unvacated(0, 1).stream().map(Resting::ordinal).toList());
        assertEquals(List.of(6), block.unvacated(2, 9).stream().map(Resting::ordinal).toList());
        assertEquals(List.of(), block.unvacated(7, 9));
    }

    @Test
    void forgetsEverythingAtABoot() {
        Block block = block(2);
        use(block, 0);
        assertTrue(block.take(1));
        block.clear();
        assertTrue(block.isEmpty());
        assertEquals(2, block.unused());
        assertEquals(OptionalInt.of(0), block.pick(BootTime.ZERO, COOLDOWN, NOBODY));
    }
}
