package io.croft.adapter.etcd;

import io.croft.core.time.Clock;
import io.croft.testing.Some;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** An etcd in memory for tests of other packages, with a prefix that init made. */
public final class SimCluster {
    public static final String NAME = "prod";

    private final SimEtcd etcd;
    private final Clock clock;
    private final AtomicLong uuids = new AtomicLong();

    public SimCluster(Clock clock) {
        this.clock = clock;
        this.etcd = new SimEtcd(clock);
        setup().init("owner").toCompletableFuture().join();
    }

    private UUID uuid() {
        return Some.uuid("uuid " + uuids.incrementAndGet());
    }

    public StoreSetup setup() {
        return new StoreSetup(etcd, NAME, clock, this::uuid);
    }

    /** A client that found everything in order. */
    public EtcdStore store() {
        var store = EtcdStore.open(etcd, NAME, clock, this::uuid, _ -> {});
        store.session().check().toCompletableFuture().join();
        return store;
    }

    /** That call from now on finds no etcd. */
    public void refuseCall(int call) {
        etcd.fault(call, SimEtcd.Fault.AWAY);
    }

    /** The next call is carried out, and its answer lost. */
    public void loseReply(int call) {
        etcd.fault(call, SimEtcd.Fault.REPLY_LOST);
    }
}
