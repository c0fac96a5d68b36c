package io.croft.adapter.journal;

import java.nio.ByteBuffer;

/**
 * What follows the last valid record of a segment, and what it proves.
 *
 * <p>While the machine runs, the page cache loses nothing: behind the last record lie zeros, or the
 * one record that was being written when the process died. A power cut loses pages of what was not
 * synced yet, in any order. So a bad frame is damage after every boot if a valid one behind it says
 * that the bad one's sequence was durable; in the same boot it always is, unless it was cut off.
 *
 * @param used bytes up to the last that is not zero
 */
record Tail(Kind kind, int used, String what) {
    enum Kind {
        /** Zeros only. */
        EMPTY,
        /** The beginning of one record; nothing was ever promised for it. */
        CUT_OFF,
        /** What a power cut can leave of records that were not durable, and nothing else. */
        TORN,
        /** Damage, whatever happened. */
        DAMAGED
    }

    /**
     * Looks at the rest of a segment.
     *
     * @param expected sequence that the next record would have
     */
    static Tail of(ByteBuffer rest, long expected, int mostRecord) {
        int used = used(rest);
        if (used == 0) {
            return new Tail(Kind.EMPTY, 0, "zeros");
        }
        boolean behind = false;
        long highest = expected + used / Frame.LEAST;
        int at = 0;
        while (at <= used - Frame.LEAST) {
            int length = rest.getInt(at);
            long sequence = rest.getLong(at + 8);
            boolean frame =
                    sequence >= expected
                            && sequence <= highest
                            && length > 0
                            && length <= Math.min(mostRecord, used - at - Frame.HEADER)
                            && Frame.isWhole(rest, at, length);
            if (frame && Frame.read(rest, at).syncedThrough() >= expected) {
                return new Tail(
                        Kind.DAMAGED,
                        used,
                        "record %d is bad, and record %d behind it says that it was durable"
                                .formatted(expected, sequence));
            }
            behind |= frame;
            at += frame ? Frame.HEADER + length : 1;
        }
        if (behind) {
            return new Tail(Kind.TORN, used, "valid records behind a bad record " + expected);
        }
        return isCutOff(rest, used, mostRecord)
                ? new Tail(Kind.CUT_OFF, used, "the beginning of record " + expected)
                : new Tail(Kind.TORN, used, "a bad record " + expected);
    }

    private static boolean isCutOff(ByteBuffer rest, int used, int mostRecord) {
        if (used <= Integer.BYTES) {
            return true;
        }
        int length = rest.getInt(0);
        boolean possible =
                length > 0 && length <= Math.min(mostRecord, rest.limit() - Frame.HEADER);
        // A frame ends with a byte that is not zero: one that reaches there was written whole. And
        // if what is there fits its checksum, then only its length was changed.
        return possible
                && used < Frame.HEADER + length
                && !(used >= Frame.LEAST && Frame.isWhole(rest, 0, used - Frame.HEADER));
    }

    private static int used(ByteBuffer rest) {
        int used = rest.limit();
        while (used > 0 && rest.get(used - 1) == 0) {
            used--;
        }
        return used;
    }
}
