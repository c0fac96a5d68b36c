package io.croft.adapter.etcd;

import io.croft.core.time.Clock;
import io.croft.node.port.BlockStore;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Mirror;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Pressure;
import io.croft.node.port.StoreSession;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All stores of a cluster over one client of etcd. Opening it asks nothing, so that an agent starts
 * while etcd is down; the session's first {@link StoreSession#check} refuses with STORE_UNUSABLE
 * what is not the prefix of a cluster.
 */
public final class EtcdStore implements AutoCloseable {
    private final Etcd etcd;
    private final Unreadable unreadable;
    private final Continuity session;
    private final EtcdBlockStore blocks;
    private final EtcdInstallStore installs;
    private final EtcdPoolStore pools;
    private final EtcdPressure pressure;
    private final EtcdMirror mirror;
    private final EtcdDirectory directory;

    private EtcdStore(
            Etcd etcd,
            Keys keys,
            Clock clock,
            Supplier<UUID> uuids,
            Consumer<String> alarm,
            Optional<StorePosition> before) {
        this.etcd = etcd;
        unreadable = new Unreadable(alarm);
        session = new Continuity(etcd, keys, clock, uuids, before);
        var seen = new Seen(unreadable);
        var catalogue = new Catalogue(session, keys, unreadable);
        var life = new SignOfLife(etcd, session, keys, seen);
        blocks = new EtcdBlockStore(session, keys, catalogue, seen);
        installs = new EtcdInstallStore(session, keys, clock, seen, life);
        pools = new EtcdPoolStore(etcd, session, keys, catalogue);
        pressure = new EtcdPressure(etcd, session, keys, clock);
        mirror = new EtcdMirror(session, keys, seen);
        directory = new EtcdDirectory(session, keys, clock);
        session.onLost(() -> {
            seen.forget();
            catalogue.forget();
        });
    }

    /**
     * The stores of one cluster.
     *
     * @param etcd is closed with them
     * @param alarm is told, on any thread, what cannot be read, once each
     */
    public static EtcdStore open(
            Etcd etcd, String cluster, Clock clock, Supplier<UUID> uuids, Consumer<String> alarm) {
        return open(etcd, cluster, clock, uuids, alarm, Optional.empty());
    }

    /**
     * The same, for a process that comes after another one.
     *
     * @param before what {@link #position} said in that one; the first check holds the store
     *     against it
     */
    public static EtcdStore open(
            Etcd etcd,
            String cluster,
            Clock clock,
            Supplier<UUID> uuids,
            Consumer<String> alarm,
            Optional<String> before) {
        return open(etcd, cluster, clock, uuids, alarm, before, false);
    }

    /**
     * The same, for a process that comes after another one.
     *
     * @param podsLive pods may live that the process before served: another store under the same
     *     name is refused, in which their addresses look free
     */
    public static EtcdStore open(
            Etcd etcd,
            String cluster,
            Clock clock,
            Supplier<UUID> uuids,
            Consumer<String> alarm,
            Optional<String> before,
            boolean podsLive) {
        var store =
                new EtcdStore(
                        etcd,
                        Keys.of(cluster),
                        clock,
                        uuids,
                        alarm,
                        before.flatMap(StorePosition::of)
                                .map(position -> podsLive ? position.binding() : position));
        store.session.start();
        return store;
    }

    public StoreSession session() {
        return session;
    }

    public BlockStore blocks() {
        return blocks;
    }

    public InstallStore installs() {
        return installs;
    }

    public PoolStore pools() {
        return pools;
    }

    public Pressure pressure() {
        return pressure;
    }

    public Mirror mirror() {
        return mirror;
    }

    public ClusterDirectory directory() {
        return directory;
    }

    /** How far the store had come when it was last found in order, in a line; empty: never. */
    public Optional<String> position() {
        return session.position().map(StorePosition::text);
    }

    /** What cannot be read of it, in sentences for people. */
    public List<String> damaged() {
        return unreadable.all();
    }

    @Override
    public void close() {
        etcd.close();
    }
}
