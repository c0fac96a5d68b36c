package io.croft.adapter.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import com.google.protobuf.util.JsonFormat;
import io.croft.adapter.file.Disk;
import io.croft.core.engine.Event;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.Moment;
import io.croft.proto.journal.v1.Record;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Prints a journal: a line for each event for people, or a JSON object for each record for
 * programs. Changes nothing; prints what is valid of a damaged journal, and where it is damaged.
 */
public final class JournalDump {
    /** What the lines are for. */
    public enum Form {
        TEXT,
        JSON
    }

    private static final JsonFormat.Printer JSON =
            JsonFormat.printer().omittingInsignificantWhitespace();

    private final Disk disk;
    private final Path directory;

    /** The journal's directory, as {@code StateDirectory.journal()} names it. */
    public JournalDump(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Prints all of it. False: it is damaged, cut off, or not there, as the last line says. */
    public boolean print(Form form, Appendable out) throws IOException {
        var reader = new JournalReader(disk, directory, Sizes.DEFAULT.record());
        List<SegmentName> files = reader.files();
        if (files.isEmpty()) {
            note(form, out, "there is no journal in " + directory);
            return false;
        }
        try {
            Tail tail = reader.read(files, new Printer(form, out)).tail();
            if (tail.kind() != Tail.Kind.EMPTY) {
                note(form, out, "it ends with %s, %d bytes".formatted(tail.what(), tail.used()));
            }
            return tail.kind() == Tail.Kind.EMPTY;
        } catch (DamagedException damaged) {
            note(form, out, "damaged: " + damaged.getMessage());
        } catch (RejectedException unreadable) {
            note(form, out, unreadable.rejection().sentence());
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
        return false;
    }

    private static void note(Form form, Appendable out, String what) throws IOException {
        if (form == Form.JSON) {
            out.append("{\"note\":%s}\n".formatted(JSON.print(StringValue.of(what))));
        } else {
            out.append("# ").append(what).append('\n');
        }
    }

    private record Printer(Form form, Appendable out) implements JournalReader.Visitor {
        @Override
        public void segment(SegmentName name, Path file, Head head, long size) {
            try {
                if (form == Form.JSON) {
                    String path = JSON.print(StringValue.of(file.toString()));
                    out.append(
                            "{\"file\":%s,\"header\":%s}\n"
                                    .formatted(path, JSON.print(head.header())));
                } else {
                    String whose =
                            "%s: install %s, node %s, cluster \"%s\""
                                    .formatted(
                                            file,
                                            head.header().getInstallId(),
                                            head.header().getNode(),
                                            head.header().getCluster());
                    note(form, out, whose);
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public void record(Frame frame, Record record) throws UnknownEventException {
            try {
                if (form == Form.JSON) {
                    out.append(json(frame, record)).append('\n');
                    return;
                }
                Moment at = ValueWire.moment(record.getAt());
                for (var wire : record.getEventsList()) {
                    Event event = EventWire.read(wire);
                    out.append(EventText.of(frame.sequence(), at, event)).append('\n');
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private static String json(Frame frame, Record record)
                throws InvalidProtocolBufferException {
            return "{\"sequence\":\"%d\",\"syncedThrough\":\"%d\",\"record\":%s}"
                    .formatted(frame.sequence(), frame.syncedThrough(), JSON.print(record));
        }
    }
}
