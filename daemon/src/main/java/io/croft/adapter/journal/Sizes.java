package io.croft.adapter.journal;

/**
 * How large a journal's parts are, in bytes.
 *
 * @param segment of a preallocated segment
 * @param reserve of it that only freeing decisions may use when there is no room for a new segment
 * @param record the longest record; longer ones are neither written nor believed
 * @param snapshotAfter records written since the last snapshot that make a new one worth its while
 */
public record Sizes(int segment, int reserve, int record, int snapshotAfter) {
    private static final int HEADER = 2 * 1024;

    public static final Sizes DEFAULT = new Sizes(4 << 20, 512 << 10, 1 << 20, 16 << 20);

    public Sizes {
        if (record < 64 || record + reserve + HEADER > segment) {
            throw new IllegalArgumentException("a segment must have room for a record: " + segment);
        }
    }
}
