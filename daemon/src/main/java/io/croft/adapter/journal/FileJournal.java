package io.croft.adapter.journal;

import io.croft.adapter.file.Disk;
import io.croft.core.engine.Event;
import io.croft.core.time.Moment;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.Journal;
import io.croft.node.port.JournalFailedException;
import io.croft.proto.journal.v1.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The journal in files of one directory. Records are appended to a preallocated segment, so that an
 * append needs no space and a sync no metadata; a background sync makes a failing disk heard.
 *
 * <p>One thread, as {@link Journal} says; {@link #tick} may run on another. The caller holds the
 * state directory's lock.
 */
public final class FileJournal implements Journal, AutoCloseable {
    /** Room for an allocation of any size that requests can have, and far more than a usual one. */
    private static final int USUAL_RECORD = 4 * 1024;

    private final Segments segments;
    private final Sizes sizes;
    private final Object syncing = new Object();
    private final Background background = new Background();
    private final SnapshotWriter snapshots;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024);
    private Segment active;
    private Moment last;
    private boolean nodeEvents;
    private long sinceSnapshot;
    private long snapshotBytes;
    private volatile long written;
    private volatile long synced;
    private volatile @Nullable JournalFailedException failure;

    FileJournal(Segments segments, Sizes sizes, Segment active, long written, Moment last) {
        this.segments = segments;
        this.sizes = sizes;
        this.active = active;
        this.written = written;
        this.last = last;
        this.snapshots = new SnapshotWriter(segments, sizes);
    }

    /**
     * Opens the journal of a directory and plays its events, in order. In the same boot nothing
     * that was appended may be missing; after another boot records that were not durable may be.
     *
     * @param mine whose journal is expected; the install id is the journal's own
     * @param bootId of this boot
     * @throws io.croft.core.rejection.RejectedException JOURNAL_UNUSABLE: this version cannot read
     *     it
     */
    public static Opening open(
            Disk disk,
            Path directory,
            InstallIdentity mine,
            UUID bootId,
            Sizes sizes,
            Consumer<Event> replay)
            throws IOException {
        return new Opener(disk, directory, mine, bootId, sizes).open(replay);
    }

    /** Makes a journal where {@link #open} found nothing; durable when it returns. */
    public static FileJournal create(
            Disk disk, Path directory, InstallIdentity identity, Sizes sizes, Moment now)
            throws IOException {
        disk.createDirectory(directory);
        Path parent = directory.getParent();
        if (parent != null) {
            disk.syncDirectory(parent);
        }
        var segments = new Segments(disk, directory, identity, sizes);
        segments.tidy();
        return new FileJournal(segments, sizes, Opener.begin(segments, 1), 0, now);
    }

    /** After a replay: how much was written since a snapshot of that size. */
    void resume(long bytesSinceSnapshot, long bytesOfSnapshot) {
        sinceSnapshot = bytesSinceSnapshot;
        snapshotBytes = bytesOfSnapshot;
    }

    /**
     * Syncs in the background from now on, every so often. A failure there makes every later call
     * throw, and is told to the listener at once, on a thread of this class.
     */
    public void start(Duration every, Runnable onFailure) {
        background.start(
                every,
                () -> {
                    tick();
                    if (failure != null) {
                        onFailure.run();
                    }
                    return failure == null;
                });
    }

    /**
     * Syncs what was written, and sees to a spare segment. Any thread; never throws: a failure is
     * the next call's.
     */
    public void tick() {
        try {
            sync();
            if (failure == null) {
                segments.prepare();
            }
        } catch (JournalFailedException known) {
            // Whoever calls next hears of it.
        } catch (IOException failed) {
            failure = new JournalFailedException("no segment can be made", failed);
        }
    }

    @Override
    public boolean append(Moment at, List<Event> events) {
        checkAlive();
        if (events.isEmpty()) {
            return true;
        }
        Record record = EventWire.write(at, events);
        int length = Frame.length(record);
        if (length > sizes.record()) {
            throw new IllegalArgumentException("a record of " + length + " bytes");
        }
        try {
            if (!makeRoom(length, events) || !write(record, length)) {
                return false;
            }
        } catch (IOException failed) {
            throw fail("a record could not be written", failed);
        }
        last = at;
        nodeEvents |= events.stream().anyMatch(Event.OfNode.class::isInstance);
        return true;
    }

    @Override
    public void commit() {
        checkAlive();
        if (nodeEvents) {
            sync();
            nodeEvents = false;
            mark();
        }
    }

    @Override
    public boolean wantsSnapshot() {
        return sinceSnapshot > Math.max(sizes.snapshotAfter(), 4 * snapshotBytes);
    }

    /** {@inheritDoc} On a full disk nothing is replaced, and all that was written stays. */
    @Override
    public void snapshot(Moment at, Stream<Event> state) {
        checkAlive();
        try {
            var name = new SegmentName(written + 1, true);
            sinceSnapshot = 0;
            if (!segments.prepare() || !snapshots.write(name, synced, at, state)) {
                return;
            }
            long end = name.first() + snapshots.records() - 1;
            Segment next = Opener.begin(segments, end + 1);
            synchronized (syncing) {
                active.close();
                active = next;
                written = end;
                synced = end;
            }
            last = at;
            snapshotBytes = snapshots.bytes();
            segments.deleteBefore(name);
        } catch (IOException failed) {
            throw fail("a snapshot could not be written", failed);
        }
    }

    @Override
    public boolean hasRoom() {
        return failure == null
                && (active.fits(USUAL_RECORD, sizes.reserve()) || segments.hasRoom());
    }

    @Override
    public long sequence() {
        return written;
    }

    @Override
    public long bytes() {
        return segments.bytes();
    }

    /** Makes all that was written durable, unless the disk has failed. */
    @Override
    public void close() throws IOException {
        background.close();
        try {
            if (failure == null) {
                sync();
                mark();
                sync();
            }
        } finally {
            segments.close();
            active.close();
        }
    }

    /** Whether the active segment has room, or another one does that takes its place. */
    private boolean makeRoom(int length, List<Event> events) throws IOException {
        if (active.fits(length, sizes.reserve())) {
            return true;
        }
        // A disk that was full is asked again by the background, not by every request.
        if (segments.hasRoom() && segments.prepare()) {
            sync();
            Segment next = Opener.begin(segments, written + 1);
            synchronized (syncing) {
                active.close();
                active = next;
            }
            return true;
        }
        return Reserve.isFor(events) && active.fits(length, Reserve.kept(events, sizes.reserve()));
    }

    private boolean write(Record record, int length) throws IOException {
        if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocateDirect(Integer.highestOneBit(length) * 2);
        }
        long sequence = written + 1;
        Frame.write(buffer.clear(), sequence, synced, record);
        boolean done = active.append(buffer.flip());
        if (done) {
            written = sequence;
            sinceSnapshot += length;
        }
        return done;
    }

    /** Says in the journal itself how much of it is durable, so that nobody takes it for a tail. */
    private void mark() {
        Record mark = EventWire.write(last, List.of());
        int length = Frame.length(mark);
        try {
            if (active.fits(length, sizes.reserve())) {
                write(mark, length);
            }
        } catch (IOException failed) {
            throw fail("a record could not be written", failed);
        }
    }

    private void sync() {
        // In turn: a failure is told to one caller only, and the others must hear of it.
        synchronized (syncing) {
            checkAlive();
            long upTo = written;
            if (upTo > synced) {
                try {
                    active.sync();
                } catch (IOException failed) {
                    throw fail("the journal could not be synced", failed);
                }
                synced = upTo;
            }
        }
    }

    private void checkAlive() {
        JournalFailedException failed = failure;
        if (failed != null) {
            throw new JournalFailedException("the journal failed before", failed);
        }
    }

    private JournalFailedException fail(String what, IOException cause) {
        var failed = new JournalFailedException(what, cause);
        failure = failed;
        return failed;
    }
}
