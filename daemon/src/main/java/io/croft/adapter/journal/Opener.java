package io.croft.adapter.journal;

import io.croft.adapter.file.Disk;
import io.croft.adapter.file.NoSpaceException;
import io.croft.core.engine.Event;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.port.InstallIdentity;
import io.croft.proto.journal.v1.Record;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One opening of a journal: reads it, judges what a crash left, and makes it ready to go on. */
final class Opener {
    /** Plays events on, and keeps what the last ones said. */
    private static final class Replay implements JournalReader.Visitor {
        private final Consumer<Event> events;
        private @Nullable Moment last;
        private @Nullable UUID bootId;
        private final Map<SegmentName, Long> files = new TreeMap<>();
        private long records;

        Replay(Consumer<Event> events) {
            this.events = events;
        }

        @Override
        public void segment(SegmentName name, Path file, Head head, long size) {
            files.put(name, size);
        }

        @Override
        public void record(Frame frame, Record record) throws UnknownEventException {
            // All is read before the first is played: a decision is never played in part.
            Moment at = ValueWire.moment(record.getAt());
            Event[] decision = new Event[record.getEventsCount()];
            for (int i = 0; i < decision.length; i++) {
                decision[i] = EventWire.read(record.getEvents(i));
            }
            KnownFields.require(record);
            for (Event event : decision) {
                if (event instanceof Event.Started(UUID boot)) {
                    bootId = boot;
                }
                events.accept(event);
            }
            last = at;
            records++;
        }
    }

    private final Disk disk;
    private final Path directory;
    private final InstallIdentity mine;
    private final UUID bootId;
    private final Sizes sizes;

    Opener(Disk disk, Path directory, InstallIdentity mine, UUID bootId, Sizes sizes) {
        this.disk = disk;
        this.directory = directory;
        this.mine = mine;
        this.bootId = bootId;
        this.sizes = sizes;
    }

    Opening open(Consumer<Event> events) throws IOException {
        var reader = new JournalReader(disk, directory, sizes.record());
        List<SegmentName> files = reader.files();
        if (files.isEmpty()) {
            return new Opening.New();
        }
        try {
            InstallIdentity identity = reader.identity(files);
            if (!identity.isOfSameMachine(mine)) {
                return new Opening.Foreign(identity);
            }
            var replay = new Replay(events);
            JournalReader.End end = reader.read(files, replay);
            return goOn(files, identity, replay, end);
        } catch (DamagedException damaged) {
            return new Opening.Corrupt(damaged.where(), damaged.why());
        }
    }

    private Opening goOn(
            List<SegmentName> files, InstallIdentity identity, Replay replay, JournalReader.End end)
            throws IOException, DamagedException {
        boolean sameBoot = bootId.equals(replay.bootId);
        if (sameBoot && end.tail().kind() == Tail.Kind.TORN) {
            throw new DamagedException(
                    directory.resolve(files.getLast().toString()),
                    end.position(),
                    end.tail().what() + ", in the same boot");
        }
        var segments = new Segments(disk, directory, identity, sizes);
        replay.files.forEach(segments::add);
        segments.settle();
        segments.tidy();
        Segment active =
                end.last().isPresent()
                        ? segments.reopen(end.last().get(), end.position())
                        : begin(segments, end.next());
        if (end.tail().used() > 0) {
            active.erase(end.tail().used());
        }
        // What was replayed counts as durable from now on.
        active.sync();
        Optional<Moment> last = Optional.ofNullable(replay.last);
        Moment at = last.orElse(new Moment(BootTime.ZERO, Instant.EPOCH));
        var journal = new FileJournal(segments, sizes, active, end.next() - 1, at);
        long snapshot =
                files.getFirst().snapshot() ? replay.files.getOrDefault(files.getFirst(), 0L) : 0;
        journal.resume(end.bytes(), snapshot);
        return new Opening.Opened(
                journal,
                identity,
                last,
                Optional.ofNullable(replay.bootId),
                replay.records,
                end.tail().used());
    }

    static Segment begin(Segments segments, long first) throws IOException {
        Segment begun = segments.begin(first);
        if (begun == null) {
            throw new NoSpaceException("the disk has no room for a segment of the journal");
        }
        return begun;
    }
}
