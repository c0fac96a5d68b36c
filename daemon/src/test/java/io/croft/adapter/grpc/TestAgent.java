package io.croft.adapter.grpc;

import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.core.ownership.UsePools;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import io.croft.node.port.InMemoryStore;
import io.croft.node.port.Inventory;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Reconciliation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** An agent's two sockets in a temporary directory, on an engine in memory. */
public final class TestAgent implements AutoCloseable {
    /** One hour after boot. */
    public static final BootTime NOW = new BootTime(Duration.ofHours(1).toNanos());

    public static final Instant WALL = Instant.parse("2026-01-02T03:04:05Z");

    private final AtomicLong uids = new AtomicLong();
    private volatile BootTime now = NOW;
    private final Clock clock = () -> new Moment(now, WALL);
    final InMemoryEngine engine = new InMemoryEngine(clock);
    final InMemoryPoolStore store =
            new InMemoryPoolStore(
                    engine::owns,
                    pools -> {
                        var _ = engine.submit(new UsePools(pools, true), BootTime.NEVER);
                    });
    final InMemoryStore others = new InMemoryStore();
    final Map<String, NetnsFate> namespaces = new ConcurrentHashMap<>();
    final Queue<EventSource.Seen> events = new ConcurrentLinkedQueue<>();
    final Heard heard = new Heard();
    final UnixServer cni;
    final UnixServer admin;
    private final Path directory;
    private volatile CompletionStage<Boolean> leaving =
            CompletableFuture.failedFuture(
                    Reason.NODE_NOT_EMPTY.because("1 addresses are held").asException());

    /** What servers told their listener. */
    static final class Heard implements CallListener {
        final Queue<String> limits = new ConcurrentLinkedQueue<>();
        final Queue<String> refusals = new ConcurrentLinkedQueue<>();
        final Queue<Throwable> defects = new ConcurrentLinkedQueue<>();

        @Override
        public void limitReached(String limit) {
            limits.add(limit);
        }

        @Override
        public void refused(String method, String requestId, Rejection why) {
            refusals.add(why.reason() + " " + requestId);
        }

        @Override
        public void failed(String method, String requestId, Throwable defect) {
            defects.add(defect);
        }
    }

    /** Whether a process may be where it cannot be seen. */
    public boolean processesHide;

    private final class Host implements Inventory {
        @Override
        public boolean sees(Netns netns) {
            return namespaces.containsKey(netns.path());
        }

        @Override
        public CompletionStage<Map<SeenNetns, NetnsFate>> look(Collection<SeenNetns> looked) {
            Map<SeenNetns, NetnsFate> fates = new HashMap<>();
            looked.forEach(each ->
                    fates.put(
                            each, namespaces.getOrDefault(each.netns().path(), NetnsFate.UNKNOWN)));
            return CompletableFuture.completedFuture(fates);
        }

        @Override
        public CompletionStage<Map<SeenNetns, NetnsTrace>> trace(Collection<SeenNetns> looked) {
            return look(looked)
                    .thenApply(fates -> {
                        Map<SeenNetns, NetnsTrace> traces = new HashMap<>(NetnsTrace.of(fates));
                        traces.replaceAll((_, trace) ->
                                processesHide && trace == NetnsTrace.GONE
                                        ? NetnsTrace.MISSING
                                        : trace);
                        return traces;
                    });
        }
    }

    public TestAgent(Path directory) {
        this.directory = directory;
        Supplier<AgentFacts> facts =
                () ->
                        new AgentFacts(
                                "n1",
                                "00000000-0000-0000-0000-00000000000a",
                                "0.1.0",
                                "embedded",
                                Optional.empty(),
                                Duration.ofMinutes(130),
                                42,
                                8192,
                                List.of(new AgentFacts.Condition("NOTHING", "all is well")));
        var ipam = new IpamEndpoint(engine, new Host(), clock, facts);
        var endpoint =
                new AdminEndpoint(
                        engine,
                        store,
                        new ClusterPorts(others, others, others, this::leave),
                        new Host(),
                        Reconciliation.NONE,
                        clock,
                        () -> new UUID(7, uids.incrementAndGet()),
                        facts,
                        this::watch);
        cni = UnixServer.cni(cniSocket(), ipam, clock, heard);
        admin = UnixServer.admin(adminSocket(), ipam, endpoint, clock, heard);
    }

    private CompletionStage<Boolean> leave() {
        return leaving;
    }

    /** From now on it takes as long as this. */
    public void leaves(CompletionStage<Boolean> how) {
        leaving = how;
    }

    /** What the store knows of the cluster's nodes. */
    public InMemoryStore others() {
        return others;
    }

    /** The pools that this agent's store has. */
    public PoolStore pools() {
        return store;
    }

    private EventSource.Watch watch(Runnable arrived) {
        return new EventSource.Watch() {
            @Override
            public Optional<EventSource.Seen> poll() {
                return Optional.ofNullable(events.poll());
            }

            @Override
            public void close() {}
        };
    }

    public TestAgent start() {
        cni.start();
        admin.start();
        return this;
    }

    /** A namespace that exists, is gone, or cannot be looked at. */
    public void netns(String path, NetnsFate fate) {
        namespaces.put(path, fate);
    }

    /** Lets time go by. */
    public void pass(Duration time) {
        now = now.plus(time);
    }

    /** Something happens that can be watched. */
    public void happen(String event, Map<String, String> facts) {
        events.add(new EventSource.Seen(WALL, event, facts, 0));
    }

    public InMemoryEngine engine() {
        return engine;
    }

    Clock clock() {
        return clock;
    }

    public Path cniSocket() {
        return directory.resolve("cni.sock");
    }

    public Path adminSocket() {
        return directory.resolve("admin.sock");
    }

    @Override
    public void close() {
        admin.close();
        cni.close();
        engine.close();
    }
}
