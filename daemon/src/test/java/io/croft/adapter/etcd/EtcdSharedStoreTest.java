package io.croft.adapter.etcd;

import io.croft.node.port.SharedStoreContract;

final class EtcdSharedStoreTest extends SharedStoreContract {
    @Override
    protected Shared openShared() {
        EtcdStore store = SimStores.made().checked();
        return new Shared(
                new Stores(store.blocks(), store.installs(), store.pools(), store::close),
                store.session(),
                store.pressure(),
                store.mirror(),
                store.directory());
    }
}
