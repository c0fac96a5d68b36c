package io.croft.adapter.journal;

import io.croft.adapter.file.Disk;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.InstallIdentity;
import io.croft.proto.journal.v1.Record;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads a journal from its latest snapshot on: for a replay, and for people. Changes nothing, so it
 * may read under a running agent.
 */
final class JournalReader {
    /** Is shown a journal in its order. */
    interface Visitor {
        default void segment(SegmentName name, Path file, Head head, long size) {}

        /** A record of no events only says what is durable, or that a snapshot is whole. */
        void record(Frame frame, Record record) throws UnknownEventException;
    }

    /**
     * Where the valid records end.
     *
     * @param next sequence of the next record
     * @param last the segment that it may go to; empty: it needs a new one
     * @param position where in that segment
     * @param bytes of the valid records after the snapshot
     */
    record End(long next, Optional<SegmentName> last, long position, Tail tail, long bytes) {}

    private final Disk disk;
    private final Path directory;
    private final int mostRecord;

    JournalReader(Disk disk, Path directory, int mostRecord) {
        this.disk = disk;
        this.directory = directory;
        this.mostRecord = mostRecord;
    }

    /** The journal's files in the order in which they are read; empty: there is no journal. */
    List<SegmentName> files() throws IOException {
        if (!disk.exists(directory)) {
            return List.of();
        }
        List<SegmentName> all =
                disk.list(directory).stream()
                        .flatMap(name -> SegmentName.parse(name).stream())
                        .sorted()
                        .toList();
        Optional<SegmentName> snapshot =
                all.reversed().stream().filter(SegmentName::snapshot).findFirst();
        return all.stream().filter(name -> snapshot.filter(name::isReplacedBy).isEmpty()).toList();
    }

    /** Whose journal it is: all its headers must say the same. */
    InstallIdentity identity(List<SegmentName> files) throws IOException, DamagedException {
        Optional<InstallIdentity> found = Optional.empty();
        for (SegmentName name : files) {
            try (SegmentReader reader = open(name)) {
                InstallIdentity here = reader.head().identity(reader.path());
                if (found.filter(other -> !other.equals(here)).isPresent()) {
                    throw new DamagedException(reader.path(), 0, "the header is of " + here);
                }
                found = Optional.of(here);
            }
        }
        return found.orElseThrow();
    }

    /** Shows all records up to the last valid one. */
    End read(List<SegmentName> files, Visitor visitor) throws IOException, DamagedException {
        long next = 1;
        long bytes = 0;
        for (SegmentName name : files) {
            try (SegmentReader reader = open(name)) {
                boolean begins = name.equals(files.getFirst()) && name.snapshot();
                if (name.first() != next && !begins) {
                    throw new DamagedException(
                            reader.path(), 0, "records before it are missing from " + next);
                }
                visitor.segment(name, reader.path(), reader.head(), reader.size());
                long count = play(reader, visitor, name.snapshot());
                next = name.first() + count;
                Tail tail = name.snapshot() ? whole(reader) : reader.tail();
                boolean last = name.equals(files.getLast());
                if (tail.kind() == Tail.Kind.DAMAGED || (!last && tail.kind() != Tail.Kind.EMPTY)) {
                    throw new DamagedException(reader.path(), reader.position(), tail.what());
                }
                bytes += name.snapshot() ? 0 : reader.position();
                if (last) {
                    return new End(
                            next,
                            Optional.of(name).filter(n -> !n.snapshot()),
                            reader.position(),
                            tail,
                            bytes);
                }
            }
        }
        throw new IllegalArgumentException("no files");
    }

    private SegmentReader open(SegmentName name) throws IOException, DamagedException {
        return SegmentReader.open(disk, directory, name, mostRecord);
    }

    private static long play(SegmentReader reader, Visitor visitor, boolean snapshot)
            throws IOException, DamagedException {
        long count = 0;
        boolean ended = false;
        for (var frame = reader.next(); frame.isPresent(); frame = reader.next()) {
            Record record = show(reader.path(), frame.get(), visitor);
            ended = record.getEventsCount() == 0;
            count++;
        }
        if (snapshot && !ended) {
            throw new DamagedException(reader.path(), reader.position(), "the snapshot breaks off");
        }
        return count;
    }

    /** A snapshot got its name when it was durable as a whole, so all of it must be valid. */
    private static Tail whole(SegmentReader reader) throws DamagedException {
        if (reader.position() != reader.size()) {
            throw new DamagedException(reader.path(), reader.position(), "bad bytes in a snapshot");
        }
        return new Tail(Tail.Kind.EMPTY, 0, "");
    }

    private static Record show(Path file, Frame frame, Visitor visitor) {
        try {
            Record record = frame.record();
            visitor.record(frame, record);
            return record;
        } catch (UnknownEventException unknown) {
            throw unusable(file, frame, "has %s, which this version does not know", unknown);
        } catch (IOException | IllegalArgumentException | RejectedException unreadable) {
            throw unusable(file, frame, "cannot be read by this version: %s", unreadable);
        }
    }

    /** The bytes are as they were written, so this is no damage. */
    private static RejectedException unusable(
            Path file, Frame frame, String what, Exception cause) {
        String said = what.formatted(cause.getMessage());
        return Reason.JOURNAL_UNUSABLE
                .because("record %d of %s %s".formatted(frame.sequence(), file, said))
                .remedy("start the version of croft that wrote it")
                .with("sequence", Long.toString(frame.sequence()))
                .asException();
    }
}
