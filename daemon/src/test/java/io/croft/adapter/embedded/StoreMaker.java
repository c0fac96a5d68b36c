package io.croft.adapter.embedded;

import io.croft.adapter.file.Disk;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;

/** Opens stores at a time that stands still. */
final class StoreMaker {
    static final UUID CLUSTER = new UUID(8, 8);

    private StoreMaker() {}

    static EmbeddedStore open(Disk disk, Path directory, boolean hasJournal) {
        var now = new Moment(BootTime.ZERO, Instant.EPOCH);
        return EmbeddedStore.open(disk, directory, hasJournal, () -> CLUSTER, () -> now);
    }
}
