package io.croft.agent;

import io.croft.adapter.embedded.EmbeddedStore;
import io.croft.adapter.embedded.SingleNode;
import io.croft.adapter.file.Disk;
import io.croft.adapter.file.StateDirectory;
import io.croft.core.time.Clock;
import java.io.IOException;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Opens the store that is a file in the state directory. */
record EmbeddedOpener(Disk disk, StateDirectory directory, Supplier<UUID> uuids, Clock clock)
        implements Store.Opener {
    @Override
    public Store open(Recovery recovery, Consumer<String> report) throws IOException {
        recovery.refuseIfMigrated();
        recovery.refuseIfEmptied();
        var store =
                EmbeddedStore.open(
                        disk, directory.root(), disk.exists(directory.journal()), uuids, clock);
        try {
            recovery.refuseIfStoreIsBehind(store.writes());
        } catch (RuntimeException refused) {
            store.close();
            throw refused;
        }
        store.damaged().forEach(report);
        var others = new SingleNode(store);
        return new Store(
                StoreChoice.EMBEDDED,
                store,
                store,
                store,
                others,
                others,
                others,
                others,
                store.isUsed(),
                store::writes,
                store::damaged,
                () -> {},
                store::close);
    }
}
