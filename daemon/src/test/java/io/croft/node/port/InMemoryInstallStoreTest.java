package io.croft.node.port;

final class InMemoryInstallStoreTest extends InstallStoreContract {
    @Override
    protected Stores open() {
        var store = new InMemoryStore();
        return new Stores(store, store, store, () -> {});
    }
}
