package io.croft.adapter.journal;

import io.croft.adapter.file.Disk;
import io.croft.core.engine.Event;
import io.croft.core.time.Moment;
import io.croft.node.port.InstallIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A journal that says the same as another one and is bound to another identity. */
public final class SuccessorJournal {
    private SuccessorJournal() {}

    /**
     * Writes it; durable when it returns. What lies in the directory is deleted: the remains of
     * another try.
     *
     * @param after sequence of the other's last record, so that nothing that knew it takes this one
     *     for an older copy
     * @param at when the other's last record was written
     * @param state the events that rebuild it
     */
    public static void write(
            Disk disk,
            Path directory,
            InstallIdentity identity,
            Sizes sizes,
            long after,
            Moment at,
            Stream<Event> state)
            throws IOException {
        disk.createDirectory(directory);
        for (String name : disk.list(directory)) {
            disk.delete(directory.resolve(name));
        }
        var segments = new Segments(disk, directory, identity, sizes);
        try (var journal =
                new FileJournal(segments, sizes, Opener.begin(segments, after + 1), after, at)) {
            journal.snapshot(at, state);
        }
    }
}
