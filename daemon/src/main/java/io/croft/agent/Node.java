package io.croft.agent;

import io.croft.adapter.embedded.EmbeddedStore;
import io.croft.adapter.grpc.AgentFacts;
import io.croft.adapter.host.Randomness;
import io.croft.adapter.observe.NodeFigures;
import io.croft.adapter.run.SpoolDirectory;
import io.croft.core.block.Block;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.ownership.Start;
import io.croft.core.serving.Look;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import io.croft.node.keeper.BlockKeeper;
import io.croft.node.keeper.PoolSync;
import io.croft.node.loop.EngineLoop;
import io.croft.node.loop.LoopThread;
import io.croft.node.loop.Waker;
import io.croft.node.membership.Registration;
import io.croft.node.port.Inventory;
import io.croft.node.port.IpamListener;
import io.croft.node.reconcile.NetnsWatch;
import io.croft.node.reconcile.SpoolReplay;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One node at work: what was recovered, the loop over it and its duties. The starting thread steps
 * the loop by hand until the node knows what it owns and has replayed what the shim spooled; then
 * the loop gets its thread.
 */
final class Node {
    private static final Duration SPOOL_PATIENCE = Duration.ofSeconds(5);

    private final Recovery.Found found;
    private final String version;
    private final Clock clock;
    private final Moment started;
    private final Waker waker = new Waker();
    private final EngineLoop loop;
    private final Registration registration;
    private final PoolSync pools;
    private final SpoolReplay spool;
    private final LoopThread thread;

    Node(
            Recovery.Found found,
            EmbeddedStore store,
            Inventory inventory,
            SpoolDirectory spooled,
            Clock clock,
            Randomness randomness,
            IpamListener listener,
            UUID bootId,
            boolean weakIdentity,
            String version,
            Consumer<Throwable> onFailure) {
        this.found = found;
        this.version = version;
        this.clock = clock;
        this.started = clock.now();
        this.loop = new EngineLoop(found.state(), found.journal(), clock, listener, waker);
        this.pools = new PoolSync(store, loop);
        this.registration =
                new Registration(
                        store,
                        store,
                        loop,
                        listener,
                        found.identity(),
                        new Registration.Boot(
                                bootId, started.boot(), found.trustable(), weakIdentity),
                        version,
                        randomness::uuid,
                        randomness::fraction);
        this.spool = new SpoolReplay(spooled, loop, bootId);
        loop.add(pools);
        loop.add(registration);
        loop.add(
                new BlockKeeper(
                        store,
                        pools,
                        loop,
                        listener,
                        registration::registrant,
                        randomness::uuid,
                        randomness::fraction));
        loop.add(new NetnsWatch(inventory, loop));
        this.thread = new LoopThread(loop, clock, waker, onFailure);
        pools.start();
        var _ = loop.propose(new Start(bootId, found.lost(), randomness.below(1L << 40)));
    }

    EngineLoop loop() {
        return loop;
    }

    /** Steps until the store has said what there is, or its time is up. */
    void settle() {
        step(Timings.START_WAIT.multipliedBy(2), () -> pools.hasRead() && notServing().isEmpty());
    }

    /** Carries out what the shim spooled; requests that arrive meanwhile wait. */
    void replaySpool() {
        loop.add(spool);
        step(SPOOL_PATIENCE, spool::hasDrained);
    }

    private void step(Duration most, BooleanSupplier done) {
        BootTime end = clock.now().boot().plus(most);
        while (!done.getAsBoolean() && clock.now().boot().isBefore(end)) {
            waker.await(loop.ownTurn().min(end).since(clock.now().boot()));
        }
    }

    /** Gives the loop its thread. */
    void start() {
        thread.start();
    }

    /** Ends the loop and leaves a snapshot, so that the next agent has little to replay. */
    void close() throws IOException {
        thread.close();
        found.journal().snapshot(clock.now(), found.state().events());
        found.journal().close();
    }

    private Optional<String> notServing() {
        if (registration.isSuperseded()) {
            return Optional.of("another agent took this install over");
        }
        if (found.state().blocks().stream()
                .anyMatch(block -> block.ownership() instanceof Unvalidated)) {
            return Optional.of("the store has not confirmed this node's blocks since the start");
        }
        return found.journal().hasRoom()
                ? Optional.empty()
                : Optional.of("the journal has no room for allocations");
    }

    /** On the loop's thread. */
    AgentFacts facts() {
        return new AgentFacts(
                found.identity().node(),
                found.identity().installId().toString(),
                version,
                "embedded",
                notServing(),
                clock.now().boot().since(started.boot()),
                found.journal().sequence(),
                found.journal().bytes(),
                conditions(found.state()));
    }

    private List<AgentFacts.Condition> conditions(NodeView node) {
        List<AgentFacts.Condition> conditions = new ArrayList<>();
        notServing().ifPresent(why -> conditions.add(new AgentFacts.Condition("NOT_SERVING", why)));
        for (Block block : node.blocks()) {
            if (block.ownership() instanceof Quarantined(var token, var cause)) {
                conditions.add(
                        new AgentFacts.Condition(
                                "BLOCK_QUARANTINED",
                                "block %s gives no more addresses (%s); %d are held; it ends when they are released and the machine is rebooted"
                                        .formatted(block.id(), cause, block.held())));
            }
        }
        if (node.markersDropped() > 0) {
            conditions.add(
                    new AgentFacts.Condition(
                            "MARKERS_DROPPED",
                            node.markersDropped()
                                    + " DEL markers were forgotten before their time"));
        }
        return conditions;
    }

    /**
     * The node in numbers, for a scrape; what is shown when the loop does not answer in time is
     * nothing.
     */
    NodeFigures figures() {
        var look =
                new Look<>((node, now) ->
                        NodeFigures.of(
                                node,
                                now,
                                notServing().isEmpty(),
                                found.journal().bytes(),
                                loop.queued(),
                                loop.parked()));
        return Answers.within(
                Duration.ofSeconds(1), loop.submit(look, BootTime.ZERO), NodeFigures.NONE);
    }
}
