package io.croft.core.address;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * A set of positions from 0 to a size given once, as bits. One thread.
 *
 * <p>Unlike {@link java.util.BitSet} it has a fixed size, refuses positions outside it, and knows
 * its count without counting.
 */
public final class OrdinalSet {
    private final int size;
    private final long[] words;
    private int count;

    public OrdinalSet(int size) {
        this.size = size;
        this.words = new long[(size + 63) >>> 6];
    }

    public int size() {
        return size;
    }

    public int count() {
        return count;
    }

    public boolean contains(int ordinal) {
        check(ordinal);
        return (words[ordinal >>> 6] & 1L << ordinal) != 0;
    }

    /** Whether the set has changed. */
    public boolean add(int ordinal) {
        if (contains(ordinal)) {
            return false;
        }
        words[ordinal >>> 6] |= 1L << ordinal;
        count++;
        return true;
    }

    /** Adds the positions from {@code first} to {@code last}, both included. */
    public void addRange(int first, int last) {
        for (int ordinal = first; ordinal <= last; ordinal++) {
            add(ordinal);
        }
    }

    /** Whether the set has changed. */
    public boolean remove(int ordinal) {
        if (!contains(ordinal)) {
            return false;
        }
        words[ordinal >>> 6] &= ~(1L << ordinal);
        count--;
        return true;
    }

    /**
     * The lowest position that is neither in this set nor in the other, which has the same size.
     */
    public OptionalInt firstInNeither(OrdinalSet other) {
        for (int i = 0; i < words.length; i++) {
            long absent = ~(words[i] | other.words[i]);
            if (absent != 0) {
                int ordinal = (i << 6) + Long.numberOfTrailingZeros(absent);
                return ordinal < size ? OptionalInt.of(ordinal) : OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }

    /**
     * The lowest position from {@code from} on that is in this set and not in the other, which has
     * the same size.
     */
    public OptionalInt nextWithout(OrdinalSet other, int from) {
        for (int i = from >>> 6; i < words.length; i++) {
            long present = words[i] & ~other.words[i] & (i == from >>> 6 ? -1L << from : -1L);
            if (present != 0) {
                return OptionalInt.of((i << 6) + Long.numberOfTrailingZeros(present));
            }
        }
        return OptionalInt.empty();
    }

    /** How many positions are in this set or in the other, which has the same size. */
    public int countWith(OrdinalSet other) {
        int sum = 0;
        for (int i = 0; i < words.length; i++) {
            sum += Long.bitCount(words[i] | other.words[i]);
        }
        return sum;
    }

    private void check(int ordinal) {
        if (ordinal < 0 || ordinal >= size) {
            throw new IndexOutOfBoundsException("ordinal " + ordinal + " of " + size);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OrdinalSet set
                && set.size == size
                && Arrays.equals(set.words, words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }
}
