package io.croft.adapter.journal;

import io.croft.adapter.file.Disk;
import io.croft.adapter.file.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** Reads one segment's frames in order, as long as they are valid. */
final class SegmentReader implements AutoCloseable {
    private static final int WINDOW = 256 * 1024;

    private final Path path;
    private final DiskFile file;
    private final int mostRecord;
    private final Head head;
    private final long size;
    private long next;
    private long position;
    private long windowAt;
    private ByteBuffer window = ByteBuffer.allocate(0);

    private SegmentReader(
            Path path, DiskFile file, int mostRecord, Head head, long size, long first) {
        this.path = path;
        this.file = file;
        this.mostRecord = mostRecord;
        this.head = head;
        this.size = size;
        this.next = first;
        this.position = head.size();
    }

    static SegmentReader open(Disk disk, Path directory, SegmentName name, int mostRecord)
            throws IOException, DamagedException {
        Path path = directory.resolve(name.toString());
        DiskFile file = disk.openToRead(path);
        try {
            Head head = Head.read(path, file);
            if (head.header().getFirstSequence() != name.first()
                    || head.header().getSnapshot() != name.snapshot()) {
                throw new DamagedException(path, 0, "the header is another file's");
            }
            return new SegmentReader(path, file, mostRecord, head, file.size(), name.first());
        } catch (IOException | DamagedException | RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    Path path() {
        return path;
    }

    Head head() {
        return head;
    }

    /** Where the next frame begins, or should. */
    long position() {
        return position;
    }

    long size() {
        return size;
    }

    /** The next frame; empty: what follows is none. A view until the next call. */
    Optional<Frame> next() throws IOException {
        if (size - position < Frame.LEAST) {
            return Optional.empty();
        }
        int length = at(position, Frame.HEADER).getInt((int) (position - windowAt));
        if (length < 1 || length > Math.min(mostRecord, size - position - Frame.HEADER)) {
            return Optional.empty();
        }
        ByteBuffer in = at(position, Frame.HEADER + length);
        int offset = (int) (position - windowAt);
        if (!Frame.isWhole(in, offset, length)) {
            return Optional.empty();
        }
        Frame frame = Frame.read(in, offset);
        if (frame.sequence() != next) {
            return Optional.empty();
        }
        position += frame.size();
        next++;
        return Optional.of(frame);
    }

    /** What follows the last frame. */
    Tail tail() throws IOException {
        int length = Math.toIntExact(size - position);
        ByteBuffer in = at(position, length);
        return Tail.of(in.slice((int) (position - windowAt), length), next, mostRecord);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** A buffer that holds those bytes, the first of them at {@code at - windowAt}. */
    private ByteBuffer at(long at, int length) throws IOException {
        if (at < windowAt || at + length > windowAt + window.limit()) {
            window = ByteBuffer.allocate((int) Math.min(size - at, Math.max(WINDOW, length)));
            windowAt = at;
            file.readFully(window, at);
            window.flip();
            if (window.limit() < length) {
                throw new IOException(path + " ended while it was read");
            }
        }
        return window;
    }
}
