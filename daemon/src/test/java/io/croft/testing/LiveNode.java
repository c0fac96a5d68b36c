package io.croft.testing;

import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.Workload;
import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.engine.Command;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.core.engine.Timings;
import io.croft.core.engine.Violation;
import io.croft.core.ownership.Start;
import io.croft.core.rejection.Rejection;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Grant;
import io.croft.core.serving.Look;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.node.keeper.BlockKeeper;
import io.croft.node.keeper.Membership;
import io.croft.node.keeper.PoolSync;
import io.croft.node.keeper.PressureWatch;
import io.croft.node.loop.EngineLoop;
import io.croft.node.loop.Waker;
import io.croft.node.membership.Liveness;
import io.croft.node.membership.Registration;
import io.croft.node.membership.Stores;
import io.croft.node.port.BlockStore;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.InstallStore;
import io.croft.node.port.IpamListener;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Pressure;
import io.croft.node.port.StoreSession;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * A whole node in real time, on a thread of its own: real verbs, state, loop and duties over any
 * store, a journal in memory. Thousands of them run in one process.
 */
public final class LiveNode implements AutoCloseable {
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);

    /** What a node asks of the store. */
    public record Ports(
            BlockStore blocks,
            InstallStore installs,
            PoolStore pools,
            StoreSession session,
            Pressure pressure) {}

    private final InstallIdentity identity;
    private final Clock clock;
    private final Random random;
    private final EngineLoop loop;
    private final Waker waker = new Waker();
    private final Registration registration;
    private final PoolSync pools;
    private final Thread thread;
    private volatile boolean open = true;

    /** Begins at once, on what the journal holds. */
    public LiveNode(
            InstallIdentity identity,
            UUID bootId,
            MemoryJournal journal,
            Ports store,
            Clock clock,
            long seed) {
        this.identity = identity;
        this.clock = clock;
        this.random = new Random(seed);
        var state = new NodeState(new NodeProfile(identity.node(), Map.of()));
        journal.replay(state::apply);
        boolean trustable = state.comparedIn().filter(bootId::equals).isPresent();
        this.loop = new EngineLoop(state, journal, clock, new Silence(), waker);
        var _ = loop.propose(new Start(bootId, false, random.nextLong(1L << 40)));
        var boot = new Registration.Boot(bootId, clock.now().boot(), trustable, false);
        registration =
                new Registration(
                        new Stores(
                                store.installs(), store.blocks(), store.pools(), store.session()),
                        loop,
                        new Silence(),
                        identity,
                        boot,
                        "live",
                        this::uuid,
                        this::fraction);
        pools = new PoolSync(store.pools(), loop, registration::storeState, this::fraction);
        var pressure = new PressureWatch(store.pressure(), loop, this::fraction);
        loop.add(pools);
        loop.add(registration);
        loop.add(new Liveness(store.installs(), loop, registration, this::fraction));
        loop.add(pressure);
        loop.add(
                new BlockKeeper(
                        store.blocks(),
                        pools,
                        pressure,
                        loop,
                        new Silence(),
                        new Membership(registration::registrant, () -> false, registration::doubt),
                        this::uuid,
                        this::fraction));
        pools.start();
        registration.start();
        this.thread = Thread.ofVirtual().name(identity.node()).start(this::run);
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private double fraction() {
        return random.nextDouble();
    }

    private void run() {
        while (open) {
            Duration rest = loop.turn().since(clock.now().boot());
            waker.await(rest.compareTo(LONGEST_SLEEP) < 0 ? rest : LONGEST_SLEEP);
        }
    }

    public InstallIdentity identity() {
        return identity;
    }

    /** An ADD of one interface, as a runtime's. */
    public CompletableFuture<Grant> add(String container) {
        return submit(
                new Allocate(
                        new Attachment("live", container, "eth0"),
                        clock.now().boot(),
                        AddressWish.NONE,
                        new Workload("default", container, "", Optional.empty()),
                        "live"));
    }

    /** Whether it registered, knows the pools, and the store confirmed its blocks. */
    public boolean isMember() {
        return submit(
                        new Look<>((node, _) ->
                                registration.registrant().isPresent()
                                        && pools.isInUse()
                                        && node.blocks().stream().allMatch(Block::isOwned)))
                .join();
    }

    /** How many pools it knows. */
    public CompletableFuture<Integer> pools() {
        return submit(new Look<>((node, _) -> node.pools().size()));
    }

    /** The blocks from which it may give addresses. */
    public CompletableFuture<List<BlockId>> owned() {
        return submit(
                new Look<>((node, _) ->
                        node.blocks().stream().filter(Block::isOwned).map(Block::id).toList()));
    }

    private <R> CompletableFuture<R> submit(Command<R> command) {
        BootTime deadline = clock.now().boot().plus(Timings.ADD_WAIT);
        return loop.submit(command, deadline).toCompletableFuture();
    }

    /** It dies: nothing is said to anybody. The journal stays for the next one. */
    @Override
    public void close() {
        open = false;
        waker.wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody listens; a violation ends the test. */
    private record Silence() implements IpamListener {
        @Override
        public void accepted(
                Command<?> command, List<Event> events, Object reply, Duration waited) {}

        @Override
        public void refused(Command<?> command, Rejection why, Duration waited) {}

        @Override
        public void violated(Violation violation) {
            throw new AssertionError(violation);
        }

        @Override
        public void committed(int records, Duration took) {}

        @Override
        public void snapshotTaken(Duration took) {}

        @Override
        public void storeAnswered(BlockId block, String outcome) {}

        @Override
        public void limitReached(String limit) {}

        @Override
        public void outage(String what, boolean begins, String message) {}
    }
}
