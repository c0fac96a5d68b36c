package io.croft.agent;

import io.croft.adapter.embedded.EmbeddedStore;
import io.croft.adapter.embedded.SingleNode;
import io.croft.adapter.grpc.AgentFacts;
import io.croft.adapter.host.HostAddresses;
import io.croft.adapter.host.Randomness;
import io.croft.adapter.observe.NodeFigures;
import io.croft.adapter.run.SpoolDirectory;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.engine.Invariants;
import io.croft.core.engine.Timings;
import io.croft.core.ownership.QuarantineBlock;
import io.croft.core.ownership.Start;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.Look;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import io.croft.node.keeper.BlockKeeper;
import io.croft.node.keeper.Membership;
import io.croft.node.keeper.PoolSync;
import io.croft.node.keeper.PressureWatch;
import io.croft.node.loop.EngineLoop;
import io.croft.node.loop.LoopThread;
import io.croft.node.loop.Waker;
import io.croft.node.membership.Departure;
import io.croft.node.membership.Liveness;
import io.croft.node.membership.Registration;
import io.croft.node.membership.Stores;
import io.croft.node.port.Inventory;
import io.croft.node.port.IpamListener;
import io.croft.node.port.PoolStore;
import io.croft.node.reconcile.Mirroring;
import io.croft.node.reconcile.NetnsWatch;
import io.croft.node.reconcile.SpoolReplay;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One node at work: what was recovered, the loop over it and its duties. The starting thread steps
 * the loop by hand until the node knows what it owns and has replayed what the shim spooled; then
 * the loop gets its thread.
 */
final class Node {
    /** Twice what the journal waits for the store before it is trusted, for the turns around it. */
    private static final Duration SETTLE = Timings.START_WAIT.multipliedBy(2);

    private static final Duration END_OF_LIFE = Duration.ofSeconds(1);

    private static final Duration SPOOL_PATIENCE = Duration.ofSeconds(5);

    private final Recovery.Found found;
    private final HostAddresses host;
    private final String version;
    private final Clock clock;
    private final Moment started;
    private final Waker waker = new Waker();
    private final EngineLoop loop;
    private final Registration registration;
    private final Liveness liveness;
    private final Departure departure;
    private final PoolSync pools;
    private final SpoolReplay spool;
    private final LoopThread thread;
    private final CompletableFuture<Boolean> begun;

    Node(
            Recovery.Found found,
            EmbeddedStore store,
            Inventory inventory,
            HostAddresses host,
            SpoolDirectory spooled,
            Clock clock,
            Randomness randomness,
            IpamListener listener,
            UUID bootId,
            boolean weakIdentity,
            String version,
            Consumer<Throwable> onFailure) {
        this.found = found;
        this.host = host;
        this.version = version;
        this.clock = clock;
        this.started = clock.now();
        this.loop = new EngineLoop(found.state(), found.journal(), clock, listener, waker);
        var single = new SingleNode(store);
        this.registration =
                new Registration(
                        new Stores(store, store, store, single),
                        loop,
                        listener,
                        found.identity(),
                        new Registration.Boot(
                                bootId, started.boot(), found.trustable(), weakIdentity),
                        version,
                        randomness::uuid,
                        randomness::fraction);
        this.pools = new PoolSync(store, loop, registration::standing);
        this.liveness = new Liveness(store, loop, registration, randomness::fraction);
        this.departure = new Departure(single, loop, registration, randomness::fraction);
        this.spool = new SpoolReplay(spooled, loop, bootId);
        var pressure = new PressureWatch(single, loop, randomness::fraction);
        loop.add(pools);
        loop.add(registration);
        loop.add(liveness);
        loop.add(departure);
        loop.add(pressure);
        loop.add(
                new BlockKeeper(
                        store,
                        pools,
                        pressure,
                        loop,
                        listener,
                        new Membership(
                                registration::registrant,
                                departure::isUnderway,
                                registration::doubt),
                        randomness::uuid,
                        randomness::fraction));
        loop.add(new Mirroring(single, loop, registration::registrant, randomness::fraction));
        loop.add(new NetnsWatch(inventory, loop));
        this.thread = new LoopThread(loop, clock, waker, onFailure);
        pools.start();
        registration.start();
        this.begun =
                loop.propose(new Start(bootId, found.lost(), randomness.below(1L << 40)))
                        .toCompletableFuture();
        Invariants.broken(found.state())
                .ifPresent(violation -> {
                    listener.violated(violation);
                    violation.block().ifPresent(this::quarantine);
                });
    }

    /** The store's pools, whose changes are answered when this node uses them. */
    PoolStore pools() {
        return pools;
    }

    private void quarantine(BlockId block) {
        var _ = loop.propose(new QuarantineBlock(block, Cause.VIOLATION));
    }

    EngineLoop loop() {
        return loop;
    }

    /**
     * Steps until the store has said what there is, or its time is up. Refuses to go on when not
     * even the start could be journalled: what another boot held would stay held.
     */
    void settle() {
        step(SETTLE, () -> begun.isDone() && pools.isInUse() && notServing().isEmpty());
        if (!begun.isDone() || begun.isCompletedExceptionally()) {
            throw Reason.JOURNAL_FULL
                    .because("the start could not be written to the journal")
                    .asException();
        }
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

    /** Takes the node out of its cluster; see {@link Departure#begin}. Any thread. */
    CompletionStage<Boolean> leave() {
        return departure.begin();
    }

    /** Ends the loop and leaves a snapshot, so that the next agent has little to replay. */
    void close() throws IOException {
        thread.close();
        // Best effort: without it the next start waits until the sign of life lapses.
        var _ = Answers.within(END_OF_LIFE, liveness.end().thenApply(_ -> true), false);
        // A state that contradicts itself is kept as it was written, for whoever looks at it.
        if (Invariants.broken(found.state()).isEmpty()) {
            found.journal().snapshot(clock.now(), found.state().events());
        }
        found.journal().close();
    }

    private Optional<String> notServing() {
        Optional<String> hindrance = registration.hindrance();
        if (hindrance.isPresent()) {
            return hindrance;
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
                Conditions.of(found.state(), notServing(), host.latest()));
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
