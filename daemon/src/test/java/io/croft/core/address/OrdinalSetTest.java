package io.croft.core.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.BitSet;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrdinalSetTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 127, 128, 256, 4096})
    void doesAsBitSetsDo(int size) {
        var random = new Random(size);
        var set = new OrdinalSet(size);
        var other = new OrdinalSet(size);
        var model = new BitSet(size);
        var otherModel = new BitSet(size);
        for (int step = 0; step < 5_000; step++) {
            int ordinal = random.nextInt(size);
            switch (random.nextInt(4)) {
                case 0 -> {
                    assertEquals(!model.get(ordinal), set.add(ordinal));
                    model.set(ordinal);
                }
                case 1 -> {
                    assertEquals(model.get(ordinal), set.remove(ordinal));
                    model.clear(ordinal);
                }
                case 2 -> {
                    int last = Math.min(size - 1, ordinal + random.nextInt(4));
                    other.addRange(ordinal, last);
                    otherModel.set(ordinal, last + 1);
                }
                default -> {
                    other.remove(ordinal);
                    otherModel.clear(ordinal);
                }
            }
            assertEquals(model.cardinality(), set.count());
            assertEquals(model.get(ordinal), set.contains(ordinal));
            BitSet both = (BitSet) model.clone();
            both.or(otherModel);
            assertEquals(both.cardinality(), set.countWith(other));
            int clear = both.nextClearBit(0);
            assertEquals(
                    clear < size ? OptionalInt.of(clear) : OptionalInt.empty(),
                    set.firstInNeither(other));
            BitSet without = (BitSet) model.clone();
            without.andNot(otherModel);
            int next = without.nextSetBit(ordinal);
            assertEquals(
                    next < 0 ? OptionalInt.empty() : OptionalInt.of(next),
                    set.nextWithout(other, ordinal));
        }
    }

    @Test
    void refusesPositionsOutside() {
        var set = new OrdinalSet(10);
        assertThrows(IndexOutOfBoundsException.class, () -> set.add(10));
        assertThrows(IndexOutOfBoundsException.class, () -> set.contains(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> set.remove(64));
    }

    @Test
    void equalsByWhatItHolds() {
        var one = new OrdinalSet(70);
        var other = new OrdinalSet(70);
        one.add(65);
        one.add(3);
        other.add(65);
        other.add(3);
        assertEquals(one, other);
        assertEquals(one.hashCode(), other.hashCode());
    }
}
