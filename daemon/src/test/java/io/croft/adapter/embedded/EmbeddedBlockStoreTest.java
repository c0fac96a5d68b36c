package io.croft.adapter.embedded;

import io.croft.adapter.file.NioDisk;
import io.croft.node.port.BlockStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedBlockStoreTest extends BlockStoreContract {
    @TempDir Path dir;

    @Override
    protected Stores open() {
        var store = StoreMaker.open(new NioDisk(), dir, false);
        return new Stores(store, store, store, store::close);
    }
}
