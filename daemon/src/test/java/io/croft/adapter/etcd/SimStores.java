package io.croft.adapter.etcd;

import io.croft.node.port.StoreState;
import io.croft.testing.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** An initialised store of a simulated etcd, and the clients of it. */
final class SimStores {
    static final String CLUSTER = "c1";
    static final Keys KEYS = Keys.of(CLUSTER);

    final ManualClock clock = new ManualClock();
    final SimEtcd etcd = new SimEtcd(clock);

    /** What alarms said. */
    final List<String> alarms = new ArrayList<>();

    private long uuids;
    final Supplier<UUID> ids = () -> new UUID(0x40, ++uuids);

    /** With a prefix made by init. */
    static SimStores made() {
        var stores = new SimStores();
        stores.setup().init("owner").toCompletableFuture().join();
        return stores;
    }

    StoreSetup setup() {
        return new StoreSetup(etcd, CLUSTER, clock, ids);
    }

    /** What a store is after an unfreeze now, if nobody knows of a later generation. */
    StoreState unfrozen() {
        return StoreState.serving(clock.now().wall().getEpochSecond() + 1);
    }

    /** A client that has not looked yet. */
    EtcdStore open() {
        return open(etcd);
    }

    /** A client over another way to the etcd. */
    EtcdStore open(Etcd etcd) {
        return EtcdStore.open(etcd, CLUSTER, clock, ids, alarms::add);
    }

    /** A client of a process that comes after another one. */
    EtcdStore open(Optional<String> before) {
        return EtcdStore.open(etcd, CLUSTER, clock, ids, alarms::add, before);
    }

    /** A client that found everything in order. */
    EtcdStore checked() {
        EtcdStore store = open();
        store.session().check().toCompletableFuture().join();
        return store;
    }
}
