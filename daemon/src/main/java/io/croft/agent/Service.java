package io.croft.agent;

import io.croft.adapter.embedded.EmbeddedStore;
import io.croft.adapter.file.NioDisk;
import io.croft.adapter.file.StateDirectory;
import io.croft.adapter.grpc.AdminEndpoint;
import io.croft.adapter.grpc.CallListener;
import io.croft.adapter.grpc.EventSource;
import io.croft.adapter.grpc.IpamEndpoint;
import io.croft.adapter.grpc.UnixServer;
import io.croft.adapter.host.BootFacts;
import io.croft.adapter.host.HostAddresses;
import io.croft.adapter.host.HostInventory;
import io.croft.adapter.host.Randomness;
import io.croft.adapter.observe.NodeFigures;
import io.croft.adapter.run.HealthStamp;
import io.croft.adapter.run.SpoolDirectory;
import io.croft.core.engine.NodeProfile;
import io.croft.core.time.Clock;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.IpamListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * An agent that serves from one state directory and one run directory: store, node, sockets. Begins
 * with {@link #start}, which returns when calls are answered; ends with {@link #close}, in reverse
 * order.
 */
final class Service implements AutoCloseable {
    /**
     * What a service is made for.
     *
     * @param directory locked by this process
     */
    record Place(
            String node,
            String cluster,
            Map<String, String> labels,
            StateDirectory directory,
            Path runDir) {}

    /** Who hears of it. */
    record Ears(
            IpamListener listener,
            CallListener calls,
            EventSource events,
            Consumer<String> report,
            Consumer<Throwable> onFailure) {}

    private static final Duration SYNC_PERIOD = Duration.ofSeconds(3);
    private static final Duration ADMIN_DRAIN = Duration.ofMillis(200);
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final Place place;
    private final BootFacts boot;
    private final Clock clock;
    private final Ears ears;
    private final Randomness randomness = new Randomness();
    private final HostInventory inventory = new HostInventory();
    private final HostAddresses host = new HostAddresses();
    private final SpoolDirectory spool;
    private final HealthStamp stamp;
    private final EmbeddedStore store;
    private final Node node;
    private final UnixServer cni;
    private final UnixServer admin;
    private final StampKeeper keeper;

    Service(Place place, BootFacts boot, Clock clock, Ears ears, String version)
            throws IOException {
        this.place = place;
        this.boot = boot;
        this.clock = clock;
        this.ears = ears;
        this.stamp = new HealthStamp(place.runDir());
        this.spool = new SpoolDirectory(place.runDir(), ears.report());
        var disk = new NioDisk();
        Recovery recovery = recovery(disk);
        recovery.refuseIfEmptied();
        // The store first: a crash in between must not leave a journal without one, which nobody
        // could explain.
        this.store =
                EmbeddedStore.open(
                        disk,
                        place.directory().root(),
                        disk.exists(place.directory().journal()),
                        randomness::uuid,
                        clock);
        recovery.refuseIfStoreIsBehind(store.writes());
        store.damaged().forEach(ears.report());
        Recovery.Found found = recovery.recover(store.isUsed());
        found.journal()
                .start(
                        SYNC_PERIOD,
                        () ->
                                ears.onFailure()
                                        .accept(new IOException("the journal's disk failed")));
        this.node =
                new Node(
                        found,
                        store,
                        inventory,
                        host,
                        spool,
                        clock,
                        randomness,
                        ears.listener(),
                        boot.bootId(),
                        boot.weakHardwareId(),
                        version,
                        ears.onFailure());
        var ipam = new IpamEndpoint(node.loop()::submit, inventory, clock, node::facts);
        var administration =
                new AdminEndpoint(
                        node.loop()::submit,
                        node.pools(),
                        inventory,
                        clock,
                        randomness::uuid,
                        node::facts,
                        ears.events());
        this.cni = UnixServer.cni(place.runDir().resolve("cni.sock"), ipam, clock, ears.calls());
        this.admin =
                UnixServer.admin(
                        place.runDir().resolve("admin.sock"),
                        ipam,
                        administration,
                        clock,
                        ears.calls());
        this.keeper =
                new StampKeeper(
                        stamp,
                        node.loop(),
                        node::facts,
                        store::writes,
                        clock,
                        boot.bootId(),
                        this::isSound,
                        ears);
    }

    private Recovery recovery(NioDisk disk) {
        var fresh =
                new InstallIdentity(
                        randomness.uuid(),
                        place.cluster(),
                        place.node(),
                        boot.hardwareId(),
                        boot.machineId());
        return new Recovery(
                disk,
                place.directory(),
                fresh,
                new NodeProfile(place.node(), place.labels()),
                boot.bootId(),
                clock.now(),
                stamp.read(),
                ears.report());
    }

    /**
     * Sockets first, then the spool, then decisions: a DEL that was spooled is carried out before
     * any ADD.
     */
    void start() {
        node.settle();
        cni.start();
        admin.start();
        node.replaySpool();
        node.start();
        SelfCall.make(place.runDir().resolve("cni.sock"));
        cni.serving(true);
        admin.serving(true);
        keeper.start();
        host.start();
    }

    /** Whether nobody took the lock or the socket away from under this process. */
    private boolean isSound() {
        return place.directory().isStillLocked()
                && Files.exists(place.runDir().resolve("cni.sock"));
    }

    NodeFigures figures() {
        return node.figures();
    }

    boolean isServing() {
        return node.figures().serving();
    }

    @Override
    public void close() throws IOException {
        keeper.close();
        // People first, and briefly: a list or a watch of theirs must not hold up the pods.
        admin.drain(ADMIN_DRAIN);
        cni.drain(DRAIN);
        node.close();
        store.close();
        spool.close();
        inventory.close();
        host.close();
    }
}
