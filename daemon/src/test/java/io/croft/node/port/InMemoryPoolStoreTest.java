package io.croft.node.port;

final class InMemoryPoolStoreTest extends PoolStoreContract {
    @Override
    protected Stores open() {
        var store = new InMemoryStore();
        return new Stores(store, store, store, () -> {});
    }
}
