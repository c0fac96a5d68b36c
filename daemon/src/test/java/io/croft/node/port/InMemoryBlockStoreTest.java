package io.croft.node.port;

final class InMemoryBlockStoreTest extends BlockStoreContract {
    @Override
    protected Stores open() {
        var store = new InMemoryStore();
        return new Stores(store, store, store, () -> {});
    }
}
