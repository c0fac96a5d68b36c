package io.croft.adapter.observe;

import io.croft.core.block.BlockId;
import io.croft.core.engine.Command;
import io.croft.core.engine.Event;
import io.croft.core.engine.Violation;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Check;
import io.croft.core.serving.CollectGarbage;
import io.croft.core.serving.Release;
import io.croft.node.port.IpamListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Counts what happens, and shows it to Prometheus with the node's figures of that moment. */
public final class Metrics implements IpamListener {
    /** What {@link #scrape} gives. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** The requests of pods; a duty's own commands are nobody's latency. */
    private static final Map<Class<?>, String> VERBS =
            Map.of(
                    Allocate.class, "add",
                    Release.class, "del",
                    Check.class, "check",
                    CollectGarbage.class, "gc");

    /** What is said to {@link #limitReached}, {@link #outage} and {@link #storeAnswered}. */
    private static final List<String> LIMITS =
            List.of(
                    "mailbox",
                    "parked",
                    "proposals",
                    "calls",
                    "upload",
                    "message",
                    "connections",
                    "peer");

    private static final List<String> OUTAGES =
            List.of("store", "registration", "frozen", "install", "clock", "inventory", "gc_brake");

    private static final List<String> ANSWERS =
            List.of("won", "lost", "denied", "returned", "unknown");

    private final Meters meters = new Meters();
    private final Gauges gauges = new Gauges(meters);
    private final Supplier<NodeFigures> figures;

    /**
     * @param figures asked at each scrape on the scraper's thread, and may wait for the loop within
     *     a bound; when it throws, the gauges show nothing
     */
    public Metrics(Supplier<NodeFigures> figures) {
        this.figures = figures;
        // From the first scrape on, so that a rate sees the first one too.
        for (Reason reason : Reason.values()) {
            meters.add(MetricName.REFUSALS, 0, reason.name());
        }
        LIMITS.forEach(limit -> meters.add(MetricName.LIMITS_REACHED, 0, limit));
        OUTAGES.forEach(what -> meters.add(MetricName.OUTAGES, 0, what));
        ANSWERS.forEach(outcome -> meters.add(MetricName.STORE_ANSWERS, 0, outcome));
        meters.add(MetricName.ALLOCATIONS, 0);
        meters.add(MetricName.RELEASES, 0);
        meters.add(MetricName.RECORDS, 0);
        meters.add(MetricName.VIOLATIONS, 0);
    }

    /** Shows what another part of the process counts. */
    public void count(MetricName name, LongSupplier count) {
        meters.count(name, count);
    }

    /** A call to etcd ended. Any thread. */
    public void etcdAnswered(String kind, String outcome, Duration took) {
        meters.record(MetricName.ETCD_CALL_SECONDS, took, kind, outcome);
    }

    /** The text that Prometheus reads. One caller at a time. */
    public synchronized String scrape() {
        NodeFigures now;
        try {
            now = figures.get();
        } catch (RuntimeException unanswered) {
            // The counters are as true as ever, and "not serving" is what is wrong.
            now = NodeFigures.NONE;
        }
        gauges.show(now);
        return meters.scrape();
    }

    @Override
    public void accepted(Command<?> command, List<Event> events, Object reply, Duration waited) {
        for (Event event : events) {
            if (event instanceof Event.Allocated) {
                meters.add(MetricName.ALLOCATIONS, 1);
            } else if (event instanceof Event.Released) {
                meters.add(MetricName.RELEASES, 1);
            }
        }
        time(command, "ok", waited);
    }

    @Override
    public void refused(Command<?> command, Rejection why, Duration waited) {
        meters.add(MetricName.REFUSALS, 1, why.reason().name());
        time(command, "refused", waited);
    }

    private void time(Command<?> command, String outcome, Duration waited) {
        String verb = VERBS.get(command.getClass());
        if (verb != null) {
            meters.record(MetricName.REQUEST_SECONDS, waited, verb, outcome);
        }
    }

    @Override
    public void violated(Violation violation) {
        meters.add(MetricName.VIOLATIONS, 1);
    }

    @Override
    public void committed(int records, Duration took) {
        meters.add(MetricName.RECORDS, records);
        meters.record(MetricName.COMMIT_SECONDS, took);
    }

    @Override
    public void snapshotTaken(Duration took) {
        meters.record(MetricName.SNAPSHOT_SECONDS, took);
    }

    @Override
    public void storeAnswered(BlockId block, String outcome) {
        meters.add(MetricName.STORE_ANSWERS, 1, outcome);
    }

    @Override
    public void limitReached(String limit) {
        meters.add(MetricName.LIMITS_REACHED, 1, limit);
    }

    @Override
    public void outage(String what, boolean begins, String message) {
        if (begins) {
            meters.add(MetricName.OUTAGES, 1, what);
        }
    }
}
