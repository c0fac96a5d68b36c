package io.croft.agent;

import io.croft.adapter.file.NioDisk;
import io.croft.adapter.file.StateDirectory;
import io.croft.adapter.grpc.AdminEndpoint;
import io.croft.adapter.grpc.AgentFacts;
import io.croft.adapter.grpc.CallListener;
import io.croft.adapter.grpc.ClusterPorts;
import io.croft.adapter.grpc.EventSource;
import io.croft.adapter.grpc.IpamEndpoint;
import io.croft.adapter.grpc.UnixServer;
import io.croft.adapter.host.BootFacts;
import io.croft.adapter.host.HostAddresses;
import io.croft.adapter.host.HostInventory;
import io.croft.adapter.host.Randomness;
import io.croft.adapter.journal.Sizes;
import io.croft.adapter.observe.NodeFigures;
import io.croft.adapter.run.HealthStamp;
import io.croft.adapter.run.SpoolDirectory;
import io.croft.adapter.runtime.CniCache;
import io.croft.adapter.runtime.CriSandboxes;
import io.croft.core.engine.NodeProfile;
import io.croft.core.time.Clock;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.IpamListener;
import io.croft.node.port.SandboxList;
import io.croft.node.port.SandboxLists;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
     * @param criSocket where the container runtime lists its sandboxes; empty: it is not asked
     * @param cniCache where libcni keeps its results; empty: nobody looks
     * @param conditions what a person should know besides, at once and on any thread
     */
    record Place(
            String node,
            String cluster,
            Map<String, String> labels,
            StateDirectory directory,
            Path runDir,
            Optional<Path> criSocket,
            Optional<Path> cniCache,
            Supplier<List<AgentFacts.Condition>> conditions) {}

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
    private final Parts parts;

    /** What runs, in the order in which it was opened. */
    private record Parts(
            HostInventory inventory,
            Optional<CriSandboxes> sandboxes,
            Optional<CniCache> cache,
            HostAddresses host,
            SpoolDirectory spool,
            Store store,
            Node node,
            UnixServer cni,
            UnixServer admin,
            StampKeeper keeper) {}

    private Service(Place place, Parts parts) {
        this.place = place;
        this.parts = parts;
    }

    /** Takes up what lies in the directories; nobody is answered before {@link #start}. */
    static Service open(
            Place place,
            Store.Opener opener,
            BootFacts boot,
            Clock clock,
            Ears ears,
            String version)
            throws IOException {
        var randomness = new Randomness();
        var stamp = new HealthStamp(place.runDir());
        var inventory = new HostInventory(clock);
        Optional<CriSandboxes> sandboxes = place.criSocket().map(CriSandboxes::new);
        Optional<CniCache> cache = place.cniCache().map(CniCache::new);
        var host = new HostAddresses();
        var spool = new SpoolDirectory(place.runDir(), ears.report());
        Recovery recovery = recovery(place, boot, clock, randomness, stamp, ears);
        // The store first: a crash in between must not leave a journal without one, which nobody
        // could explain.
        Store store = opener.open(recovery, ears.report());
        Recovery.Found found = recovery.recover(store.isUsed());
        found.journal()
                .start(
                        SYNC_PERIOD,
                        () ->
                                ears.onFailure()
                                        .accept(new IOException("the journal's disk failed")));
        var around =
                new Node.Surroundings(
                        inventory,
                        new SandboxLists(
                                sandboxes.map(SandboxList.class::cast),
                                cache.map(SandboxList.class::cast)),
                        host,
                        spool,
                        clock,
                        randomness,
                        boot.bootId(),
                        boot.weakHardwareId(),
                        version);
        var node = new Node(found, store, around, ears.listener(), ears.onFailure());
        var ipam = new IpamEndpoint(node.loop()::submit, inventory, clock, node::facts);
        var administration =
                new AdminEndpoint(
                        node.loop()::submit,
                        node.pools(),
                        new ClusterPorts(
                                store.directory(), store.blocks(), store.mirror(), node::leave),
                        inventory,
                        node.reconciliation(),
                        clock,
                        randomness::uuid,
                        () -> node.facts().with(place.conditions().get()),
                        ears.events());
        Path cniSocket = place.runDir().resolve("cni.sock");
        Path adminSocket = place.runDir().resolve("admin.sock");
        var keeper =
                new StampKeeper(
                        stamp,
                        node.loop(),
                        node::facts,
                        store.writes(),
                        store.remember(),
                        clock,
                        boot.bootId(),
                        () -> isSound(place),
                        ears);
        return new Service(
                place,
                new Parts(
                        inventory,
                        sandboxes,
                        cache,
                        host,
                        spool,
                        store,
                        node,
                        UnixServer.cni(cniSocket, ipam, clock, ears.calls()),
                        UnixServer.admin(adminSocket, ipam, administration, clock, ears.calls()),
                        keeper));
    }

    private static Recovery recovery(
            Place place,
            BootFacts boot,
            Clock clock,
            Randomness randomness,
            HealthStamp stamp,
            Ears ears) {
        var fresh =
                new InstallIdentity(
                        randomness.uuid(),
                        place.cluster(),
                        place.node(),
                        boot.hardwareId(),
                        boot.machineId());
        return new Recovery(
                new NioDisk(),
                place.directory(),
                Sizes.DEFAULT,
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
        parts.node().begin();
        parts.node().settle();
        parts.cni().start();
        parts.admin().start();
        parts.node().replaySpool();
        parts.node().start();
        SelfCall.make(place.runDir().resolve("cni.sock"));
        parts.cni().serving(true);
        parts.admin().serving(true);
        parts.keeper().start();
        parts.host().start();
    }

    /** Whether nobody took the lock or the socket away from under this process. */
    private static boolean isSound(Place place) {
        return place.directory().isStillLocked()
                && Files.exists(place.runDir().resolve("cni.sock"));
    }

    NodeFigures figures() {
        return parts.node().figures();
    }

    boolean isServing() {
        return parts.node().figures().serving();
    }

    @Override
    public void close() throws IOException {
        parts.keeper().close();
        // People first, and briefly: a list or a watch of theirs must not hold up the pods.
        parts.admin().drain(ADMIN_DRAIN);
        parts.cni().drain(DRAIN);
        parts.node().close();
        parts.store().close();
        parts.spool().close();
        parts.cache().ifPresent(CniCache::close);
        parts.sandboxes().ifPresent(CriSandboxes::close);
        parts.inventory().close();
        parts.host().close();
    }
}
