package io.croft.adapter.journal;

import io.croft.adapter.file.DiskFile;
import io.croft.adapter.file.NoSpaceException;
import io.croft.core.engine.Event;
import io.croft.core.time.Moment;
import io.croft.proto.journal.v1.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes a state's events as a segment of their own: records of bounded size, and a record of no
 * events as the end mark.
 */
final class SnapshotWriter {
    private static final int EVENTS_A_RECORD = 64;

    private final Segments segments;
    private final int mostRecord;
    private long records;
    private long bytes;

    SnapshotWriter(Segments segments, Sizes sizes) {
        this.segments = segments;
        this.mostRecord = sizes.record();
    }

    /**
     * Writes a snapshot and makes it the journal's beginning. False: the disk is full, and nothing
     * is changed.
     */
    boolean write(SegmentName name, long synced, Moment at, Stream<Event> state)
            throws IOException {
        records = 0;
        ByteBuffer head = segments.head(name);
        bytes = head.remaining();
        try (DiskFile file = segments.openSnapshot()) {
            file.writeFully(head, 0);
            Iterator<Event> events = state.iterator();
            var batch = new ArrayList<Event>();
            while (events.hasNext()) {
                batch.add(events.next());
                if (batch.size() == EVENTS_A_RECORD || !events.hasNext()) {
                    write(file, name, synced, at, batch);
                    batch.clear();
                }
            }
            write(file, name, synced, at, List.of());
            file.sync();
        } catch (NoSpaceException full) {
            segments.dropSnapshot();
            return false;
        }
        segments.publishSnapshot(name, bytes);
        return true;
    }

    /** Records of the snapshot written last, end mark included. */
    long records() {
        return records;
    }

    long bytes() {
        return bytes;
    }

    private void write(DiskFile file, SegmentName name, long synced, Moment at, List<Event> events)
            throws IOException {
        Record record = EventWire.write(at, events);
        int length = Frame.length(record);
        if (length > mostRecord && events.size() > 1) {
            int half = events.size() / 2;
            write(file, name, synced, at, events.subList(0, half));
            write(file, name, synced, at, events.subList(half, events.size()));
            return;
        }
        ByteBuffer frame = ByteBuffer.allocate(length);
        Frame.write(frame, name.first() + records, synced, record);
        file.writeFully(frame.flip(), bytes);
        records++;
        bytes += length;
    }
}
