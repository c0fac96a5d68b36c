package io.croft.adapter.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One open file of a {@link Disk}. Durability, errors and threading as there. */
public interface DiskFile extends AutoCloseable {
    long size() throws IOException;

    /** Reads at most what the buffer has room for; -1 at the end of the file. */
    int read(ByteBuffer into, long at) throws IOException;

    /** Writes at most what the buffer holds, and says how much: it may be less. */
    int write(ByteBuffer from, long at) throws IOException;

    /**
     * Fills the file with zeros up to that size, so that writing there needs no more space. A
     * failure may leave it shorter.
     */
    void allocate(long size) throws IOException;

    void truncate(long size) throws IOException;

    /** Returns when the bytes are on the disk. After a failure nothing is known of any of them. */
    void sync() throws IOException;

    @Override
    void close() throws IOException;

    /** Reads until the buffer is full or the file ends. */
    default void readFully(ByteBuffer into, long at) throws IOException {
        long next = at;
        int count = 0;
        while (into.hasRemaining() && count >= 0) {
            count = read(into, next);
            next += Math.max(0, count);
        }
    }

    /** Writes all that the buffer holds. A failure may leave a part. */
    default void writeFully(ByteBuffer from, long at) throws IOException {
        long next = at;
        while (from.hasRemaining()) {
            int count = write(from, next);
            if (count <= 0) {
                throw new IOException("wrote nothing at " + next);
            }
            next += count;
        }
    }
}
