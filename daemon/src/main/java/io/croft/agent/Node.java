package io.croft.agent;

import io.croft.adapter.grpc.AgentFacts;
import io.croft.adapter.host.HostAddresses;
import io.croft.adapter.host.Randomness;
import io.croft.adapter.observe.NodeFigures;
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
import io.croft.node.loop.EngineLoop;
import io.croft.node.loop.LoopThread;
import io.croft.node.loop.Waker;
import io.croft.node.port.Inventory;
import io.croft.node.port.IpamListener;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Reconciliation;
import io.croft.node.port.SandboxLists;
import io.croft.node.port.Spool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    /** Beyond what the journal waits for the store before it is trusted: for the turns after it. */
    static final Duration SETTLE = Timings.START_WAIT;

    private static final Duration END_OF_LIFE = Duration.ofSeconds(1);

    private final Recovery.Found found;
    private final StoreWatch watch;
    private final Store store;
    private final Surroundings around;
    private final IpamListener listener;
    private final Moment started;
    private final Waker waker = new Waker();
    private final EngineLoop loop;
    private final Duties duties;
    private final LoopThread thread;
    private CompletableFuture<Boolean> begun = new CompletableFuture<>();

    /** Where a node works: its host, and what comes from outside. */
    record Surroundings(
            Inventory inventory,
            SandboxLists lists,
            HostAddresses host,
            Spool spool,
            Clock clock,
            Randomness randomness,
            UUID bootId,
            boolean weakIdentity,
            String version) {}

    Node(
            Recovery.Found found,
            Store store,
            Surroundings around,
            IpamListener listener,
            Consumer<Throwable> onFailure) {
        this.found = found;
        this.watch = new StoreWatch(store.name(), around.clock());
        this.store = WatchedStore.of(store, watch);
        this.around = around;
        this.listener = listener;
        this.started = around.clock().now();
        this.loop = new EngineLoop(found.state(), found.journal(), around.clock(), listener, waker);
        this.duties = Duties.of(found, this.store, around, started.boot(), loop, listener);
        this.thread = new LoopThread(loop, around.clock(), waker, onFailure);
    }

    /** Proposes the start; {@link #settle} carries it out. */
    void begin() {
        duties.begin(loop);
        var start = new Start(around.bootId(), found.lost(), around.randomness().below(1L << 40));
        begun = loop.propose(start).toCompletableFuture();
        Invariants.broken(found.state())
                .ifPresent(violation -> {
                    listener.violated(violation);
                    violation.block().ifPresent(this::quarantine);
                });
    }

    /** The store's pools, whose changes are answered when this node uses them. */
    PoolStore pools() {
        return duties.pools();
    }

    Reconciliation reconciliation() {
        return duties.garbage();
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
        step(Timings.START_WAIT, this::knowsPools);
        step(SETTLE, this::knowsBlocks);
        mustHaveBegun();
    }

    boolean knowsPools() {
        return duties.pools().hasLooked() && knowsBlocks();
    }

    /** The journal has pools too, for a store that does not answer. */
    boolean knowsBlocks() {
        return begun.isDone() && notServing().isEmpty();
    }

    void mustHaveBegun() {
        if (!begun.isDone() || begun.isCompletedExceptionally()) {
            throw Reason.JOURNAL_FULL
                    .because("the start could not be written to the journal")
                    .asException();
        }
    }

    /** Carries out what the shim spooled; requests that arrive meanwhile wait. */
    void replaySpool() {
        SpoolHold hold = readSpool();
        while (!hold.isOver(around.clock().now().boot())) {
            stepUntil(hold.until());
        }
    }

    /** From now on the loop carries out what is spooled. */
    SpoolHold readSpool() {
        loop.add(duties.spool());
        return new SpoolHold(duties.spool(), around.clock().now().boot());
    }

    private void step(Duration most, BooleanSupplier done) {
        BootTime end = around.clock().now().boot().plus(most);
        while (!done.getAsBoolean() && around.clock().now().boot().isBefore(end)) {
            stepUntil(end);
        }
    }

    private void stepUntil(BootTime end) {
        waker.await(loop.ownTurn().min(end).since(around.clock().now().boot()));
    }

    /** Gives the loop its thread. */
    void start() {
        thread.start();
    }

    /** Ends the loop and leaves a snapshot, so that the next agent has little to replay. */
    void close() throws IOException {
        thread.close();
        // Best effort: without it the next start waits until the sign of life lapses.
        var _ = Answers.within(END_OF_LIFE, endLife(), false);
        leaveSnapshot();
    }

    CompletionStage<Boolean> endLife() {
        return duties.liveness().end().thenApply(_ -> true);
    }

    void leaveSnapshot() throws IOException {
        // A state that contradicts itself is kept as it was written, for whoever looks at it.
        if (Invariants.broken(found.state()).isEmpty()) {
            found.journal().snapshot(around.clock().now(), found.state().events());
        }
        found.journal().close();
    }

    /** Takes the node out of its cluster; see {@code Leaving}. Any thread. */
    CompletionStage<Boolean> leave() {
        return duties.leaving().begin();
    }

    private Optional<String> notServing() {
        Optional<String> hindrance = duties.registration().hindrance();
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
                around.version(),
                store.name(),
                notServing(),
                around.clock().now().boot().since(started.boot()),
                found.journal().sequence(),
                found.journal().bytes(),
                conditions());
    }

    private NodeFigures.GarbageFigures garbageFigures(Moment now) {
        var state = duties.garbage().state(now.boot());
        return new NodeFigures.GarbageFigures(
                state.absent(), state.braked(), state.incomplete().isPresent());
    }

    private List<AgentFacts.Condition> conditions() {
        var conditions =
                new ArrayList<>(Conditions.of(found.state(), notServing(), around.host().latest()));
        conditions.addAll(watch.conditions());
        conditions.addAll(Conditions.garbage(duties.garbage().state(around.clock().now().boot())));
        Conditions.damage(store.damaged().get()).ifPresent(conditions::add);
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
                                loop.parked(),
                                watch.figures(),
                                garbageFigures(now)));
        return Answers.within(
                Duration.ofSeconds(1), loop.submit(look, BootTime.ZERO), NodeFigures.NONE);
    }
}
