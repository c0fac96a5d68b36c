package io.croft.agent;

import io.croft.adapter.file.AtomicFile;
import io.croft.adapter.file.Disk;
import io.croft.adapter.file.StateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The file {@code position} in the state directory: how far the etcd had come that this node used
 * last, so that the next agent notices when it went back meanwhile. What cannot be read or written
 * costs that memory and nothing else.
 */
final class PositionFile {
    private static final int MOST_BYTES = 1024;

    private final AtomicFile file;
    private final Consumer<String> report;
    private Optional<String> written = Optional.empty();
    private boolean failed;

    PositionFile(Disk disk, StateDirectory directory, Consumer<String> report) {
        this.file = new AtomicFile(disk, directory.root(), "position", MOST_BYTES);
        this.report = report;
    }

    Optional<String> read() {
        try {
            return file.read().map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            report.accept("the last position of the store cannot be read: " + unreadable);
            return Optional.empty();
        }
    }

    /** Writes it if it is another than before. One caller at a time. */
    void keep(Optional<String> position) {
        if (position.isEmpty() || position.equals(written)) {
            return;
        }
        try {
            file.write(position.get().getBytes(StandardCharsets.UTF_8));
            written = position;
            failed = false;
        } catch (IOException refused) {
            if (!failed) {
                failed = true;
                report.accept("the position of the store cannot be written: " + refused);
            }
        }
    }
}
