package io.croft.adapter.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A small file that is replaced as a whole: a reader finds the old content or the new one, also
 * after a crash or a power cut at any call. One writer at a time.
 */
public final class AtomicFile {
    private final Disk disk;
    private final Path directory;
    private final Path path;
    private final Path temporary;
    private final int mostBytes;

    /** The directory must be there. Content beyond the bound is neither written nor read. */
    public AtomicFile(Disk disk, Path directory, String name, int mostBytes) {
        this.disk = disk;
        this.directory = directory;
        this.path = directory.resolve(name);
        this.temporary = directory.resolve(name + ".tmp");
        this.mostBytes = mostBytes;
    }

    /** The content that was written last; empty: there is no file. */
    public Optional<byte[]> read() throws IOException {
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        try (DiskFile file = disk.openToRead(path)) {
            long size = file.size();
            check(size);
            var content = ByteBuffer.allocate((int) size);
            file.readFully(content, 0);
            if (content.hasRemaining()) {
                throw new IOException("%s ended at byte %d".formatted(path, content.position()));
            }
            return Optional.of(content.array());
        }
    }

    /**
     * Replaces the content; durable when it returns. After a {@link NoSpaceException} the old
     * content is there; after any other failure one of both is.
     */
    public void write(byte[] content) throws IOException {
        check(content.length);
        try (DiskFile file = disk.openToWrite(temporary)) {
            file.truncate(0);
            file.writeFully(ByteBuffer.wrap(content), 0);
            file.sync();
        } catch (NoSpaceException full) {
            disk.delete(temporary);
            throw full;
        }
        disk.rename(temporary, path);
        disk.syncDirectory(directory);
    }

    private void check(long size) throws IOException {
        if (size > mostBytes) {
            throw new IOException("%s: %d bytes, at most %d".formatted(path, size, mostBytes));
        }
    }
}
