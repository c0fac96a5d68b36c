package io.croft.adapter.etcd;

import io.croft.node.port.SharedStoreContract.Shared;
import io.croft.node.port.StoreContract.Stores;
import io.croft.testing.ManualClock;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A real server for the tests of a class, and a new prefix in it for each. */
final class RealStores implements AutoCloseable {
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final List<RealStores> RUNNING = new ArrayList<>();

    private final EtcdVersion version;
    private final RealEtcd server;
    private final AtomicLong uuids = new AtomicLong();

    RealStores(EtcdVersion version) {
        this.version = version;
        server = RealEtcd.start(EtcdSetup.one(version));
    }

    /** One for all tests of that version, until {@link #end}. */
    static RealStores of(EtcdVersion version) {
        if (RUNNING.isEmpty()) {
            RUNNING.add(new RealStores(version));
        }
        RealStores running = RUNNING.getFirst();
        if (!running.version.equals(version)) {
            throw new IllegalStateException("%s runs, not %s".formatted(running.version, version));
        }
        return running;
    }

    static void end() {
        RUNNING.forEach(RealStores::close);
        RUNNING.clear();
    }

    RealEtcd server() {
        return server;
    }

    UUID uuid() {
        return new UUID(0x41, uuids.incrementAndGet());
    }

    /** A client of a prefix that was made just now. */
    EtcdStore open() {
        String cluster = "c" + PREFIXES.incrementAndGet();
        try (JetcdEtcd etcd = Clients.of(server.urls())) {
            Clients.await(setup(etcd, cluster).init("me"));
        }
        EtcdStore store = client(cluster);
        Clients.await(store.session().check());
        return store;
    }

    /** A client that has not looked yet. */
    EtcdStore client(String cluster) {
        return EtcdStore.open(
                Clients.of(server.urls()), cluster, new ManualClock(), this::uuid, _ -> {});
    }

    StoreSetup setup(Etcd etcd, String cluster) {
        return new StoreSetup(etcd, cluster, new ManualClock(), this::uuid);
    }

    Stores stores() {
        EtcdStore store = open();
        return new Stores(store.blocks(), store.installs(), store.pools(), store::close);
    }

    Shared shared() {
        EtcdStore store = open();
        return new Shared(
                new Stores(store.blocks(), store.installs(), store.pools(), store::close),
                store.session(),
                store.pressure(),
                store.mirror(),
                store.directory());
    }

    @Override
    public void close() {
        server.close();
    }
}
