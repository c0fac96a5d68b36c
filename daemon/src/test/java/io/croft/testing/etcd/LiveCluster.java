package io.croft.testing.etcd;

import io.croft.adapter.etcd.EtcdAccess;
import io.croft.adapter.etcd.EtcdStore;
import io.croft.adapter.etcd.JetcdEtcd;
import io.croft.adapter.etcd.StoreSetup;
import io.croft.adapter.host.Randomness;
import io.croft.adapter.host.SystemClock;
import io.croft.core.pool.Pool;
import io.croft.core.time.Clock;
import io.croft.node.port.InstallIdentity;
import io.croft.testing.LiveNode;
import io.croft.testing.MemoryJournal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Live nodes in one etcd, of one cluster after the other. They share a number of connections,
 * because each costs a thread here.
 */
public final class LiveCluster implements AutoCloseable {
    /** All machines booted together. */
    private static final UUID BOOT = new UUID(7, 7);

    private final Clock clock = SystemClock.open();
    private final Randomness randomness = new Randomness();
    private final List<JetcdEtcd> clients;
    private final List<LiveNode> nodes = new ArrayList<>();
    private String cluster = "";
    private int turn;

    public LiveCluster(String endpoints, int connections) {
        var access = EtcdAccess.of(endpoints, EtcdAccess.Tls.USUAL, Optional.empty());
        this.clients =
                IntStream.range(0, connections)
                        .mapToObj(_ -> new JetcdEtcd(access, randomness::fraction))
                        .toList();
        clients.forEach(JetcdEtcd::start);
    }

    /** Ends the nodes that there are, and makes an empty store under another name. */
    public LiveCluster begin(String name) {
        end();
        cluster = name;
        var _ =
                new StoreSetup(clients.getFirst(), name, clock, randomness::uuid)
                        .init("")
                        .toCompletableFuture()
                        .join();
        return this;
    }

    /** The stores of one more node. */
    public EtcdStore store() {
        JetcdEtcd client = clients.get(turn++ % clients.size());
        return EtcdStore.open(client, cluster, clock, randomness::uuid, _ -> {});
    }

    public void create(Pool pool) {
        EtcdStore store = store();
        var _ = store.session().check().toCompletableFuture().join();
        var _ = store.pools().change(set -> set.create(pool)).toCompletableFuture().join();
    }

    /** A node that was never there before. */
    public LiveNode join(String name) {
        return start(identity(name), new MemoryJournal());
    }

    public InstallIdentity identity(String node) {
        return new InstallIdentity(randomness.uuid(), cluster, node, "hw-" + node, "m-" + node);
    }

    /** The node that wrote that journal, in the same boot. */
    public LiveNode start(InstallIdentity identity, MemoryJournal journal) {
        EtcdStore store = store();
        var ports =
                new LiveNode.Ports(
                        store.blocks(),
                        store.installs(),
                        store.pools(),
                        store.session(),
                        store.pressure());
        var node = new LiveNode(identity, BOOT, journal, ports, clock, nodes.size());
        nodes.add(node);
        return node;
    }

    public UUID boot() {
        return BOOT;
    }

    public Clock clock() {
        return clock;
    }

    public UUID uuid() {
        return randomness.uuid();
    }

    private void end() {
        nodes.forEach(LiveNode::close);
        nodes.clear();
    }

    @Override
    public void close() {
        end();
        clients.forEach(JetcdEtcd::close);
    }
}
