package io.croft.agent;

import io.croft.adapter.etcd.Etcd;
import io.croft.adapter.etcd.EtcdStore;
import io.croft.adapter.file.Disk;
import io.croft.adapter.file.StateDirectory;
import io.croft.adapter.host.HostAddresses;
import io.croft.adapter.host.Randomness;
import io.croft.adapter.journal.Sizes;
import io.croft.adapter.run.HealthStamp.Sign;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.core.engine.Timings;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.BlockStore;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Inventory;
import io.croft.node.port.IpamListener;
import io.croft.node.port.SandboxLists;
import io.croft.node.port.Spool;
import io.croft.node.port.StoreSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The process of an agent without sockets and threads: recovery, store, node and duties as {@link
 * Service} composes them. Whoever has it steps it by hand; the same calls do the same.
 */
public final class SimAgent {
    private static final Path STATE = Path.of("/state");

    /** A few hundred records fill a segment. */
    private static final Sizes SMALL = new Sizes(32 * 1024, 4 * 1024, 4 * 1024, 32 * 1024);

    /** Where an agent starts. */
    public record Place(
            String node,
            String hardwareId,
            String machineId,
            boolean weakIdentity,
            UUID bootId,
            Optional<Sign> sign,
            Disk disk,
            Etcd etcd,
            String cluster,
            Inventory inventory,
            Spool spool,
            Clock clock,
            RandomGenerator random,
            IpamListener listener,
            Consumer<String> report) {}

    /** What an agent does wrongly; nothing, unless a control says otherwise. */
    public interface Sabotage {
        Sabotage NONE = new Sabotage() {};

        /** What a replay makes of what the journal says. */
        default Stream<Event> replay(Stream<Event> events) {
            return events;
        }

        default boolean trusts(boolean trustable) {
            return trustable;
        }

        default boolean lost(boolean lost) {
            return lost;
        }

        default Optional<Sign> sign(Optional<Sign> sign) {
            return sign;
        }

        default StoreSession session(StoreSession session) {
            return session;
        }

        default InstallStore installs(InstallStore installs) {
            return installs;
        }

        default BlockStore blocks(BlockStore blocks) {
            return blocks;
        }
    }

    /** How far a start is. */
    public enum Phase {
        /** The store is asked; nobody may call. */
        SETTLING,
        /** As before, with the journal's word for what the store does not say. */
        WAITING,
        /** Calls are taken, and wait until what is spooled was carried out. */
        REPLAYING,
        SERVING
    }

    private final Place place;
    private final StateDirectory directory;
    private final Recovery.Found found;
    private final Store store;
    private final Node node;
    private Phase phase = Phase.SETTLING;
    private BootTime end;
    private Optional<SpoolHold> hold = Optional.empty();

    private SimAgent(
            Place place, StateDirectory directory, Recovery.Found found, Store store, Node node) {
        this.place = place;
        this.directory = directory;
        this.found = found;
        this.store = store;
        this.node = node;
        this.end = place.clock.now().boot().plus(Timings.START_WAIT);
    }

    /** Starts on what lies on the disk; refuses as an agent's start does. */
    public static SimAgent start(Place place, Sabotage sabotage) throws IOException {
        var directory = StateDirectory.open(place.disk, STATE);
        if (!directory.tryLock()) {
            throw new IOException("the state directory is in use by another agent");
        }
        var randomness = new Randomness(place.random);
        var fresh =
                new InstallIdentity(
                        randomness.uuid(),
                        place.cluster,
                        place.node,
                        place.hardwareId,
                        place.machineId);
        var profile = new NodeProfile(place.node, Map.of());
        var recovery =
                new Recovery(
                        place.disk,
                        directory,
                        SMALL,
                        fresh,
                        profile,
                        place.bootId,
                        place.clock.now(),
                        sabotage.sign(place.sign),
                        place.report);
        recovery.refuseIfEmbedded();
        var position = new PositionFile(place.disk, directory, place.report);
        var etcd =
                EtcdStore.open(
                        place.etcd,
                        place.cluster,
                        place.clock,
                        randomness::uuid,
                        place.report,
                        position.read(),
                        recovery.isOfThisBoot());
        var store =
                new Store(
                        "etcd",
                        sabotage.blocks(etcd.blocks()),
                        sabotage.installs(etcd.installs()),
                        etcd.pools(),
                        sabotage.session(etcd.session()),
                        etcd.pressure(),
                        etcd.mirror(),
                        etcd.directory(),
                        false,
                        () -> 0,
                        etcd::damaged,
                        () -> position.keep(etcd.position()),
                        etcd::close);
        Recovery.Found found = replayed(recovery.recover(store.isUsed()), profile, sabotage);
        var around =
                new Node.Surroundings(
                        place.inventory,
                        SandboxLists.NONE,
                        new HostAddresses(),
                        place.spool,
                        place.clock,
                        randomness,
                        place.bootId,
                        place.weakIdentity,
                        "sim");
        var node = new Node(found, store, around, place.listener, _ -> {});
        var agent = new SimAgent(place, directory, found, store, node);
        node.begin();
        return agent;
    }

    private static Recovery.Found replayed(
            Recovery.Found found, NodeProfile profile, Sabotage sabotage) {
        NodeState state = found.state();
        if (sabotage != Sabotage.NONE) {
            state = new NodeState(profile);
            sabotage.replay(found.state().events()).forEach(state::apply);
        }
        return new Recovery.Found(
                found.journal(),
                state,
                found.identity(),
                sabotage.lost(found.lost()),
                sabotage.trusts(found.trustable()));
    }

    /** One turn of the loop; answers when the next is due at the latest. */
    public BootTime turn() {
        if (phase == Phase.SERVING) {
            return node.loop().turn();
        }
        goOn();
        BootTime next = phase == Phase.SERVING ? node.loop().turn() : node.loop().ownTurn();
        return next.min(end);
    }

    private void goOn() {
        BootTime now = place.clock.now().boot();
        boolean over = !now.isBefore(end);
        switch (phase) {
            case SETTLING -> {
                if (over || node.knowsPools()) {
                    phase = Phase.WAITING;
                    end = now.plus(Node.SETTLE);
                    goOn();
                }
            }
            case WAITING -> {
                if (over || node.knowsBlocks()) {
                    node.mustHaveBegun();
                    hold = Optional.of(node.readSpool());
                    phase = Phase.REPLAYING;
                    end = hold.orElseThrow().until();
                }
            }
            case REPLAYING -> {
                if (hold.orElseThrow().isOver(now)) {
                    phase = Phase.SERVING;
                    end = BootTime.NEVER;
                } else {
                    end = hold.orElseThrow().until();
                }
            }
            case SERVING -> {}
        }
    }

    public Phase phase() {
        return phase;
    }

    public EngineLoop loop() {
        return node.loop();
    }

    public NodeState state() {
        return found.state();
    }

    public UUID install() {
        return found.identity().installId();
    }

    /** Whether a journal of this boot is gone in whose place this one began. */
    public boolean replacesLost() {
        return found.lost();
    }

    /** Why it does not serve; empty: it does. */
    public Optional<String> notServing() {
        return node.facts().notServing();
    }

    /** The sign of health that it would give now. */
    public Sign sign() {
        return new Sign(
                install(),
                place.bootId,
                place.clock.now().boot().nanos(),
                found.journal().sequence(),
                0);
    }

    /** What the journal's thread does every 3 s. */
    public void syncJournal() {
        found.journal().tick();
    }

    /** What the thread of the sign of health does every 5 s. */
    public void rememberStore() {
        store.remember().run();
    }

    public CompletionStage<Boolean> leave() {
        return node.leave();
    }

    /** First half of an end in order, after the last turn. */
    public CompletionStage<Boolean> endLife() {
        return node.endLife();
    }

    /** Second half: what the next start replays. */
    public void close() throws IOException {
        node.leaveSnapshot();
        directory.close();
    }
}
