package io.croft.node.port;

final class InMemorySharedStoreTest extends SharedStoreContract {
    @Override
    protected Shared openShared() {
        var store = new InMemoryStore();
        return new Shared(new Stores(store, store, store, () -> {}), store, store, store, store);
    }
}
