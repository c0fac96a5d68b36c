package io.croft.testing;

import io.croft.core.engine.Command;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.core.engine.Timings;
import io.croft.core.ownership.Start;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.BootTime;
import io.croft.node.keeper.BlockKeeper;
import io.croft.node.keeper.Membership;
import io.croft.node.keeper.PoolSync;
import io.croft.node.keeper.PressureWatch;
import io.croft.node.loop.EngineLoop;
import io.croft.node.loop.Waker;
import io.croft.node.membership.Leaving;
import io.croft.node.membership.Liveness;
import io.croft.node.membership.Registration;
import io.croft.node.membership.Stores;
import io.croft.node.port.InMemoryStore;
import io.croft.node.port.InstallIdentity;
import io.croft.node.reconcile.Mirroring;
import io.croft.node.reconcile.NetnsWatch;
import io.croft.node.reconcile.SpoolReplay;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

/**
 * A whole node, stepped by hand: real verbs, state, loop, journal and duties. What outlives the
 * process (journal, store, host, spool, clock) stays over {@link #restart} and {@link #reboot}. The
 * same seed and the same calls do the same.
 */
public final class TestNode {
    private static final int MOST_TURNS = 1_000;

    public final ManualClock clock = new ManualClock();
    public final SimInventory inventory = new SimInventory();
    public final SimSpool spool = new SimSpool();
    public final Heard heard = new Heard();
    public final MemoryJournal journal = new MemoryJournal();
    public final WeatherStore store;
    public final Random random;
    public String hardware;
    public boolean weakIdentity;
    private final String name;
    private UUID bootId;
    private NodeState state;
    private Registration registration;
    private Liveness liveness;
    private Leaving leaving;
    private EngineLoop loop;
    private InstallIdentity identity;
    private boolean replacesLost;

    public TestNode(String name, long seed, InMemoryStore store) {
        this(name, seed, store, "hardware");
    }

    TestNode(String name, long seed, InMemoryStore store, String hardware) {
        this.name = name;
        this.hardware = hardware;
        this.random = new Random(seed);
        this.store = new WeatherStore(store);
        this.bootId = nonce();
        this.identity = identity();
        start();
    }

    /** A machine of its own with a copy of another one's disk. */
    TestNode(String name, long seed, InMemoryStore store, TestNode original) {
        this.name = name;
        this.hardware = original.hardware;
        this.random = new Random(seed);
        this.store = new WeatherStore(store);
        this.bootId = nonce();
        this.identity = original.identity;
        journal.putBack(original.journal);
        start();
    }

    public static TestNode alone(long seed, Pool... pools) {
        var store = new InMemoryStore();
        for (Pool pool : pools) {
            store.change(set -> set.create(pool)).toCompletableFuture().join();
        }
        var node = new TestNode("node-a", seed, store);
        node.settle();
        return node;
    }

    private void start() {
        journal.recover();
        state = new NodeState(new NodeProfile(name, Map.of()));
        journal.replay(state::apply);
        if (state.bootId().isEmpty()) {
            identity = identity();
        }
        boolean trustable =
                state.comparedIn().filter(bootId::equals).isPresent()
                        && journal.last()
                                .filter(last ->
                                        clock.now().drift(last).compareTo(Timings.MOST_DRIFT) < 0)
                                .isPresent();
        loop = new EngineLoop(state, journal, clock, heard, new Waker());
        // An agent that cannot write this ends; the next one finds room.
        journal.full = false;
        var _ = loop.propose(new Start(bootId, replacesLost, random.nextLong(1L << 40)));
        replacesLost = false;
        var boot = new Registration.Boot(bootId, clock.now().boot(), trustable, weakIdentity);
        registration =
                new Registration(
                        new Stores(store, store, store, store),
                        loop,
                        heard,
                        identity,
                        boot,
                        "test",
                        this::nonce,
                        random::nextDouble);
        registration.start();
        var pools = new PoolSync(store, loop, registration::storeState, random::nextDouble);
        pools.start();
        var pressure = new PressureWatch(store, loop, random::nextDouble);
        liveness = new Liveness(store, loop, registration, random::nextDouble);
        leaving = new Leaving(store, loop, registration, random::nextDouble);
        loop.add(registration);
        loop.add(liveness);
        loop.add(leaving);
        loop.add(pools);
        loop.add(pressure);
        loop.add(
                new BlockKeeper(
                        store,
                        pools,
                        pressure,
                        loop,
                        heard,
                        new Membership(
                                registration::registrant, leaving::isUnderway, registration::doubt),
                        this::nonce,
                        random::nextDouble));
        loop.add(new Mirroring(store, loop, registration::registrant, random::nextDouble));
        loop.add(new NetnsWatch(inventory, loop));
        loop.add(new SpoolReplay(spool, loop, bootId));
    }

    private InstallIdentity identity() {
        return new InstallIdentity(nonce(), "c", name, hardware, "machine");
    }

    public UUID nonce() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    public NodeState state() {
        return state;
    }

    public EngineLoop loop() {
        return loop;
    }

    public UUID bootId() {
        return bootId;
    }

    public Registration registration() {
        return registration;
    }

    /** Another agent has the install, and this one gives nothing. */
    public boolean isSuperseded() {
        return registration
                .hindrance()
                .filter(why -> why.contains("took this install"))
                .isPresent();
    }

    public String name() {
        return name;
    }

    /** Id of the present journal. */
    public UUID install() {
        return identity.installId();
    }

    public Leaving leaving() {
        return leaving;
    }

    /** The agent ends in order: the next start need not wait for its sign of life. */
    public void stop() {
        liveness.end().toCompletableFuture().join();
    }

    /** The process dies at once, with all that was not written, and another one starts. */
    public void restart() {
        start();
    }

    /** The machine loses power and starts again; its namespaces are gone. */
    public void reboot() {
        journal.losePower(random);
        clock.reboot();
        inventory.reboot();
        bootId = nonce();
        start();
    }

    /** The state directory is lost; the next start, in this boot or the next, finds none. */
    public void loseJournal(boolean sameBoot) {
        journal.lose();
        replacesLost = sameBoot;
    }

    /** Turns until nothing is due; answers when something will be. */
    public BootTime settle() {
        store.behind.passTo(clock.now().wall());
        for (int i = 0; i < MOST_TURNS; i++) {
            BootTime next = loop.turn();
            if (next.isAfter(clock.now().boot())) {
                return next;
            }
        }
        throw new AssertionError(
                "the loop spins: it is due at once after %d turns".formatted(MOST_TURNS));
    }

    /** Lets time pass, with a turn whenever one is due. */
    public void pass(Duration time) {
        BootTime end = clock.now().boot().plus(time);
        for (BootTime next = settle(); next.isBefore(end); next = settle()) {
            clock.advanceTo(next);
        }
        clock.advanceTo(end);
        settle();
    }

    public <R> CompletableFuture<R> submit(Command<R> command) {
        BootTime deadline = clock.now().boot().plus(Timings.ADD_WAIT);
        return loop.submit(command, deadline).toCompletableFuture();
    }

    /** The answer, after as much time as it takes; a refusal is thrown. */
    public <R> R ask(Command<R> command) {
        CompletableFuture<R> answer = submit(command);
        BootTime next = settle();
        while (!answer.isDone()) {
            clock.advanceTo(next);
            next = settle();
        }
        try {
            return answer.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RejectedException why ? why : failed;
        }
    }

    public Rejection refusal(Command<?> command) {
        try {
            throw new AssertionError("accepted: " + ask(command));
        } catch (RejectedException refused) {
            return refused.rejection();
        }
    }

    public void change(UnaryOperator<PoolSet> edit) {
        store.behind.change(edit).toCompletableFuture().join();
        settle();
    }
}
