package io.croft.core.pool;

import io.croft.core.address.Cidr;
import io.croft.core.address.Family;
import io.croft.core.rejection.Rejection;

/** The rules for the prefix length of a pool's blocks. */
public final class BlockSize {
    /** A block has 4,096 addresses at most. */
    private static final int MOST_BITS = 12;

    private BlockSize() {}

    /** Whether a pool may have blocks of that size. */
    public static boolean allows(Cidr block) {
        return block.prefix() >= block.family().bits() - MOST_BITS;
    }

    /**
     * /26 and /122, but small enough that the pool has at least 256 blocks, if its addresses allow.
     */
    static int byDefault(Cidr range) {
        int usual = range.family() == Family.V4 ? 26 : 122;
        return Math.min(range.family().bits(), Math.max(usual, range.prefix() + 8));
    }

    static int check(Cidr range, int prefix) {
        int most = range.family().bits();
        int least = Math.max(most - MOST_BITS, range.prefix());
        if (prefix < least || prefix > most) {
            String why =
                    "must be a prefix length from /%d to /%d for %s".formatted(least, most, range);
            throw Rejection.invalid("block-size", Integer.toString(prefix), why).asException();
        }
        return prefix;
    }
}
