package io.croft.adapter.embedded;

import io.croft.adapter.file.AtomicFile;
import io.croft.adapter.file.Disk;
import io.croft.core.rejection.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * {@code store.json} and the document in it. What is in memory is what the disk is known to have;
 * after a failed write that is nothing, until the file was read again. One thread at a time.
 */
final class StoreFile {
    private static final String NAME = "store.json";
    private static final int MOST_BYTES = 64 * 1024 * 1024;

    private final AtomicFile file;
    private final String path;
    private Document document;
    private byte[] durable;
    private boolean uncertain;
    private volatile long writes;

    private StoreFile(AtomicFile file, String path, Document document, byte[] durable) {
        this.file = file;
        this.path = path;
        this.document = document;
        this.durable = durable;
        this.writes = document.writes();
    }

    /** How often the file was written. Any thread. */
    long writes() {
        return writes;
    }

    /**
     * Opens the file, or makes it where neither it nor a journal is. A journal without it is
     * refused: its blocks would be given to nobody's knowledge.
     */
    static StoreFile open(Disk disk, Path directory, boolean hasJournal, Supplier<UUID> uuids) {
        String path = directory.resolve(NAME).toString();
        var file = new AtomicFile(disk, directory, NAME, MOST_BYTES);
        try {
            Optional<byte[]> found = file.read();
            if (found.isPresent()) {
                // The process before this one may have died between the rename and its sync.
                disk.syncDirectory(directory);
                byte[] bytes = found.get();
                return new StoreFile(file, path, DocumentReader.read(path, bytes), bytes);
            }
            if (hasJournal) {
                throw Reason.CANNOT_START
                        .because(
                                "%s is missing, and the journal beside it owns blocks by it"
                                        .formatted(path))
                        .remedy(
                                "put the file back from a copy, or empty the state directory after"
                                        + " a reboot")
                        .with("field", "state-dir")
                        .with("value", directory.toString())
                        .asException();
            }
            Document empty = Document.empty(uuids.get());
            byte[] bytes = empty.bytes();
            file.write(bytes);
            return new StoreFile(file, path, empty, bytes);
        } catch (IOException e) {
            throw DocumentReader.unusable(path, e.toString());
        }
    }

    /** What the disk has. */
    Document document() throws IOException {
        if (uncertain) {
            Optional<byte[]> found = file.read();
            if (found.isEmpty()) {
                throw new IOException(path + " is gone");
            }
            byte[] bytes = found.get();
            if (!Arrays.equals(bytes, durable)) {
                // It was replaced, but perhaps not for good.
                file.write(bytes);
                document = DocumentReader.read(path, bytes);
                durable = bytes;
            }
            uncertain = false;
        }
        return document;
    }

    /** Replaces the document; it counts when this returns. */
    void write(Document wanted) throws IOException {
        Document next = wanted.counted(writes + 1);
        byte[] bytes = next.bytes();
        uncertain = true;
        file.write(bytes);
        document = next;
        durable = bytes;
        writes = next.writes();
        uncertain = false;
    }

    String path() {
        return path;
    }
}
