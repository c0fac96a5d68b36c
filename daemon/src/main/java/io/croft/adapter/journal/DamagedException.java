package io.croft.adapter.journal;

import java.nio.file.Path;

/** Bytes of a journal are not what was written there, whatever happened to the machine. */
final class DamagedException extends Exception {
    private static final long serialVersionUID = 1;
    private final String where;
    private final String why;

    DamagedException(Path file, long at, String why) {
        super("%s at byte %d: %s".formatted(file, at, why));
        this.where = "%s at byte %d".formatted(file, at);
        this.why = why;
    }

    String where() {
        return where;
    }

    String why() {
        return why;
    }
}
