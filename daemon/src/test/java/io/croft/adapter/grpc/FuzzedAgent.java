package io.croft.adapter.grpc;

import com.google.common.util.concurrent.MoreExecutors;
import io.croft.core.engine.Command;
import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.SeenNetns;
import io.croft.core.ownership.UsePools;
import io.croft.core.pool.PoolSet;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Both services on one socket, over an engine that can be begun anew while the server stays: a
 * server for each of a million inputs would take too long.
 */
final class FuzzedAgent {
    private final AtomicLong uids = new AtomicLong();
    private final Queue<Throwable> defects = new ConcurrentLinkedQueue<>();
    private final UnixChannel channel;
    private volatile BootTime now = TestAgent.NOW;
    private final Clock clock = () -> new Moment(now, TestAgent.WALL);
    private volatile InMemoryEngine engine = fresh();
    private volatile InMemoryPoolStore pools = freshPools();

    private final class Ears implements CallListener {
        @Override
        public void limitReached(String limit) {}

        @Override
        public void refused(String method, String requestId, Rejection why) {}

        @Override
        public void failed(String method, String requestId, Throwable defect) {
            defects.add(defect);
        }
    }

    /** Whoever asks speaks to the engine of the moment. */
    private final class Now implements Engine, PoolStore {
        @Override
        public <R> CompletionStage<R> submit(Command<R> command, BootTime deadline) {
            return engine.submit(command, deadline);
        }

        @Override
        public CompletionStage<PoolSet> read() {
            return pools.read();
        }

        @Override
        public CompletionStage<PoolSet> change(UnaryOperator<PoolSet> edit) {
            return pools.change(edit);
        }

        @Override
        public void watch(Runnable hint) {}
    }

    /** A path's last letter says what became of the namespace. */
    private static final class Host implements Inventory {
        @Override
        public boolean sees(Netns netns) {
            return netns.path().endsWith("a");
        }

        @Override
        public CompletionStage<Map<SeenNetns, NetnsFate>> look(Collection<SeenNetns> looked) {
            return CompletableFuture.completedFuture(
                    looked.stream()
                            .distinct()
                            .collect(Collectors.toMap(Function.identity(), Host::fate)));
        }

        private static NetnsFate fate(SeenNetns seen) {
            String path = seen.netns().path();
            return path.endsWith("a")
                    ? NetnsFate.ALIVE
                    : path.endsWith("g") ? NetnsFate.GONE : NetnsFate.UNKNOWN;
        }
    }

    /** Begins to serve, until the process ends. */
    FuzzedAgent(Path directory) {
        var current = new Now();
        AgentFacts facts =
                new AgentFacts(
                        "n1",
                        new UUID(0, 10).toString(),
                        "0.1.0",
                        "embedded",
                        Optional.empty(),
                        Duration.ofMinutes(130),
                        42,
                        8192,
                        List.of());
        var others = new InMemoryStore();
        var ipam = new IpamEndpoint(current, new Host(), clock, () -> facts);
        var admin =
                new AdminEndpoint(
                        current,
                        current,
                        new ClusterPorts(others, others, others, FuzzedAgent::leave),
                        new Host(),
                        Reconciliation.NONE,
                        clock,
                        () -> new UUID(7, uids.incrementAndGet()),
                        () -> facts,
                        FuzzedAgent::watch);
        UnixServer.admin(directory.resolve("admin.sock"), ipam, admin, clock, new Ears()).start();
        channel = new UnixChannel(directory.resolve("admin.sock"));
    }

    private static CompletionStage<Boolean> leave() {
        return CompletableFuture.failedFuture(
                Reason.NODE_NOT_EMPTY.because("1 addresses are held").asException());
    }

    private static EventSource.Watch watch(Runnable arrived) {
        return new EventSource.Watch() {
            @Override
            public Optional<EventSource.Seen> poll() {
                return Optional.empty();
            }

            @Override
            public void close() {}
        };
    }

    private InMemoryEngine fresh() {
        return new InMemoryEngine(clock, MoreExecutors.newDirectExecutorService());
    }

    private InMemoryPoolStore freshPools() {
        return new InMemoryPoolStore(
                pool -> engine.owns(pool),
                all -> {
                    var _ = engine.submit(new UsePools(all, true), BootTime.NEVER);
                });
    }

    /** Forgets all that was done. */
    void beginAnew() {
        now = TestAgent.NOW;
        uids.set(0);
        engine = fresh();
        pools = freshPools();
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    UnixChannel channel() {
        return channel;
    }

    /** All that calls can change. */
    String print() {
        return engine.print() + "\n" + pools.read().toCompletableFuture().join();
    }

    /** The exception that a call met since the last time. */
    Optional<Throwable> defect() {
        return Optional.ofNullable(defects.poll());
    }
}
