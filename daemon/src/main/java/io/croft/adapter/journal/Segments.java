package io.croft.adapter.journal;

import io.croft.adapter.file.Disk;
import io.croft.adapter.file.DiskFile;
import io.croft.adapter.file.NoSpaceException;
import io.croft.node.port.InstallIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of one journal. A file gets its name when it is durable, and a name is durable before
 * anything relies on it, so a crash at any call leaves the journal before or after.
 *
 * <p>A spare segment is kept ready, because filling one takes time: any thread may prepare it, all
 * else is the journal's thread's.
 */
final class Segments {
    private static final String UNFINISHED = ".tmp";
    private static final String SPARE = "spare" + UNFINISHED;
    private static final String SNAPSHOT = "snapshot" + UNFINISHED;

    private final Disk disk;
    private final Path directory;
    private final InstallIdentity identity;
    private final Sizes sizes;
    private final NavigableMap<SegmentName, Long> files = new TreeMap<>();
    private volatile @Nullable DiskFile spare;
    private volatile boolean full;

    Segments(Disk disk, Path directory, InstallIdentity identity, Sizes sizes) {
        this.disk = disk;
        this.directory = directory;
        this.identity = identity;
        this.sizes = sizes;
    }

    /** Takes note of a file that is there, with its size. */
    void add(SegmentName name, long size) {
        files.put(name, size);
    }

    /** Makes the names durable that a process gave which was killed right then. */
    void settle() throws IOException {
        disk.syncDirectory(directory);
    }

    /** Deletes what a crash left unfinished, and what a snapshot replaced. */
    void tidy() throws IOException {
        for (String each : disk.list(directory)) {
            boolean replaced =
                    SegmentName.parse(each).filter(name -> !files.containsKey(name)).isPresent();
            if (replaced || each.endsWith(UNFINISHED)) {
                disk.delete(directory.resolve(each));
            }
        }
    }

    /** Opens a segment that is there to go on with it. */
    Segment reopen(SegmentName name, long position) throws IOException {
        DiskFile file = disk.openToWrite(directory.resolve(name.toString()));
        long size = file.size();
        files.put(name, size);
        return new Segment(file, position, size);
    }

    /** Begins a segment. Null: the disk has no room for one. */
    synchronized @Nullable Segment begin(long first) throws IOException {
        DiskFile file = spare();
        if (file == null) {
            return null;
        }
        var name = new SegmentName(first, false);
        var head = Head.write(identity, name);
        int position = head.remaining();
        file.writeFully(head, 0);
        file.sync();
        publish(SPARE, name);
        spare = null;
        files.put(name, (long) sizes.segment());
        return new Segment(file, position, sizes.segment());
    }

    /** Whether a segment could be begun when this was last tried. */
    boolean hasRoom() {
        return !full;
    }

    /** Makes the spare segment, unless it is there. False: the disk has no room for it. */
    synchronized boolean prepare() throws IOException {
        return spare() != null;
    }

    private @Nullable DiskFile spare() throws IOException {
        if (spare == null) {
            Path path = directory.resolve(SPARE);
            DiskFile file = disk.openToWrite(path);
            try {
                file.allocate(sizes.segment());
                file.sync();
                spare = file;
                full = false;
            } catch (NoSpaceException noRoom) {
                full = true;
                file.close();
                disk.delete(path);
            }
        }
        return spare;
    }

    /** Opens the file that a snapshot is written to. */
    DiskFile openSnapshot() throws IOException {
        DiskFile file = disk.openToWrite(directory.resolve(SNAPSHOT));
        file.truncate(0);
        return file;
    }

    /** The snapshot's head. */
    ByteBuffer head(SegmentName snapshot) {
        return Head.write(identity, snapshot);
    }

    /** Deletes a snapshot that could not be finished. */
    void dropSnapshot() throws IOException {
        disk.delete(directory.resolve(SNAPSHOT));
    }

    /** The snapshot is whole and durable: from now on the journal begins with it. */
    void publishSnapshot(SegmentName name, long size) throws IOException {
        publish(SNAPSHOT, name);
        files.put(name, size);
    }

    /** Deletes what a snapshot replaced. */
    void deleteBefore(SegmentName snapshot) throws IOException {
        var replaced = files.headMap(snapshot, false);
        for (SegmentName name : replaced.keySet()) {
            disk.delete(directory.resolve(name.toString()));
        }
        replaced.clear();
    }

    long bytes() {
        long sum = spare == null ? 0 : sizes.segment();
        for (long size : files.values()) {
            sum += size;
        }
        return sum;
    }

    void close() throws IOException {
        DiskFile unused = spare;
        spare = null;
        if (unused != null) {
            unused.close();
        }
    }

    private void publish(String unfinished, SegmentName name) throws IOException {
        disk.rename(directory.resolve(unfinished), directory.resolve(name.toString()));
        disk.syncDirectory(directory);
    }
}
