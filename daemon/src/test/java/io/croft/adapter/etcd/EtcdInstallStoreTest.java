package io.croft.adapter.etcd;

import io.croft.node.port.InstallStoreContract;

final class EtcdInstallStoreTest extends InstallStoreContract {
    @Override
    protected Stores open() {
        EtcdStore store = SimStores.made().checked();
        return new Stores(store.blocks(), store.installs(), store.pools(), store::close);
    }
}
