package io.croft.adapter.etcd;

import io.croft.node.port.BlockStoreContract;

final class EtcdBlockStoreTest extends BlockStoreContract {
    @Override
    protected Stores open() {
        EtcdStore store = SimStores.made().checked();
        return new Stores(store.blocks(), store.installs(), store.pools(), store::close);
    }
}
