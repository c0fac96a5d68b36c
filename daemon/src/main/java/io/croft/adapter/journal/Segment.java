package io.croft.adapter.journal;

import io.croft.adapter.file.DiskFile;
import io.croft.adapter.file.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The segment that records are appended to: preallocated, and zero behind the last record. */
final class Segment implements AutoCloseable {
    private final DiskFile file;
    private final long end;
    private long position;

    Segment(DiskFile file, long position, long end) {
        this.file = file;
        this.position = position;
        this.end = end;
    }

    /** Whether that many bytes fit before the last {@code spared}. */
    boolean fits(int length, int spared) {
        return position + length <= end - spared;
    }

    /**
     * Writes a frame that fits. False: the disk is full (a file system that copies on write needs
     * room for what is preallocated too), and the segment is as it was.
     */
    boolean append(ByteBuffer frame) throws IOException {
        int length = frame.remaining();
        try {
            file.writeFully(frame, position);
        } catch (NoSpaceException full) {
            erase(length - frame.remaining());
            return false;
        }
        position += length;
        return true;
    }

    /** Makes what lies behind the last record zero again. */
    void erase(int length) throws IOException {
        if (length > 0) {
            file.writeFully(ByteBuffer.allocate(length), position);
        }
    }

    void sync() throws IOException {
        file.sync();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
