package io.croft.node.reconcile;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.Mirror;
import io.croft.node.port.Registrant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a copy of what this node holds in the store, for look-ups by people: at most once a minute,
 * and only when it changed. The first thing to be shed: a failure is not repeated before the next
 * minute.
 */
public final class Mirroring implements Duty {
    private static final Duration PERIOD = Duration.ofSeconds(60);

    /** As many as fit into a copy, and then some. */
    private static final int MOST_LINES = 512;

    private final Mirror mirror;
    private final EngineLoop loop;
    private final Supplier<Optional<Registrant>> registrant;
    private final Supplier<Double> spread;
    private long written;
    private boolean calling;
    private BootTime due = BootTime.ZERO;

    public Mirroring(
            Mirror mirror,
            EngineLoop loop,
            Supplier<Optional<Registrant>> registrant,
            Supplier<Double> spread) {
        this.mirror = mirror;
        this.loop = loop;
        this.registrant = registrant;
        this.spread = spread;
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        Optional<Registrant> me = registrant.get();
        if (me.isEmpty() || calling) {
            return BootTime.NEVER;
        }
        if (!now.boot().isBefore(due)) {
            due = now.boot().plus(PERIOD).plus(part(PERIOD.dividedBy(10)));
            long held = fingerprint(node);
            if (held != written) {
                calling = true;
                mirror.write(me.get(), copy(node, now))
                        .whenCompleteAsync((_, failure) -> answered(held, failure), loop);
                return BootTime.NEVER;
            }
        }
        return due;
    }

    private Duration part(Duration most) {
        return Duration.ofNanos((long) (most.toNanos() * spread.get()));
    }

    private void answered(long held, @Nullable Throwable failure) {
        calling = false;
        written = failure == null ? held : written;
    }

    /** Another for other holders, but for a coincidence, which the next change ends. */
    private static long fingerprint(NodeView node) {
        long sum = 0;
        for (Allocation each : node.allocations()) {
            sum += (each.sequence() * 31 + each.began().nanos()) * 0x9E3779B97F4A7C15L;
        }
        return sum;
    }

    private static Mirror.Copy copy(NodeView node, Moment now) {
        List<Mirror.Line> lines = new ArrayList<>();
        int left = 0;
        for (Allocation held :
                node.allocations().stream()
                        .sorted(Comparator.comparingLong(Allocation::sequence))
                        .toList()) {
            for (BlockAddress each : held.addresses()) {
                if (lines.size() < MOST_LINES) {
                    lines.add(line(node, held, each));
                } else {
                    left++;
                }
            }
        }
        return new Mirror.Copy(node.profile().name(), now.wall(), lines, left);
    }

    private static Mirror.Line line(NodeView node, Allocation held, BlockAddress each) {
        return new Mirror.Line(
                each.address().toString(),
                node.pool(each.block().pool()).map(Pool::name).orElse(""),
                held.workload().namespace(),
                held.workload().pod(),
                held.attachment().containerId());
    }
}
