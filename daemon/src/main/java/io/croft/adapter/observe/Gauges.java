package io.croft.adapter.observe;

import io.croft.adapter.observe.NodeFigures.PoolFigures;
import io.micrometer.core.instrument.MultiGauge;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The gauges: what they show is set before each scrape, and the JVM is asked during it. */
final class Gauges {
    private static final List<String> OWNERSHIPS =
            List.of("claiming", "owned", "returning", "unvalidated", "quarantined");
    private static final Map<MetricName, ToLongFunction<PoolFigures>> OF_POOL =
            Map.of(
                    MetricName.POOL_CAPACITY, PoolFigures::capacity,
                    MetricName.POOL_IN_USE, PoolFigures::inUse,
                    MetricName.POOL_RESTING, PoolFigures::resting,
                    MetricName.POOL_RESERVED, PoolFigures::reserved,
                    MetricName.POOL_FREE, PoolFigures::free);

    private final Map<MetricName, MultiGauge> ofPool = new EnumMap<>(MetricName.class);
    private volatile NodeFigures figures = NodeFigures.NONE;
    private final MultiGauge blocks;

    Gauges(Meters meters) {
        OF_POOL.keySet().forEach(name -> ofPool.put(name, meters.gauges(name)));
        blocks = meters.gauges(MetricName.BLOCKS);
        meters.gauge(MetricName.SERVING, () -> figures.serving() ? 1 : 0);
        meters.gauge(MetricName.QUEUE_DEPTH, () -> figures.queued());
        meters.gauge(MetricName.PARKED, () -> figures.parked());
        meters.gauge(MetricName.JOURNAL_BYTES, () -> (double) figures.journalBytes());
        meters.gauge(MetricName.STORE_ANSWERING, () -> figures.store().answering() ? 1 : 0);
        meters.gauge(MetricName.STORE_FROZEN, () -> figures.store().frozen() ? 1 : 0);
        meters.gauge(MetricName.POOLS_AGE_SECONDS, () -> figures.store().poolsAgeSeconds());
        meters.gauge(MetricName.GARBAGE, () -> figures.garbage().absent());
        meters.gauge(MetricName.GARBAGE_BRAKED, () -> figures.garbage().braked() ? 1 : 0);
        meters.gauge(MetricName.INVENTORY_INCOMPLETE, () -> figures.garbage().blind() ? 1 : 0);
        Runtime jvm = Runtime.getRuntime();
        meters.gauge(MetricName.HEAP_BYTES, () -> (double) (jvm.totalMemory() - jvm.freeMemory()));
        meters.gauge(MetricName.HEAP_MAX_BYTES, () -> (double) jvm.maxMemory());
        meters.gauge(
                MetricName.THREADS, () -> ManagementFactory.getThreadMXBean().getThreadCount());
        meters.gauge(
                MetricName.UPTIME_SECONDS,
                () -> ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0);
    }

    void show(NodeFigures next) {
        figures = next;
        ofPool.forEach((name, gauge) -> {
            ToLongFunction<PoolFigures> figure = OF_POOL.getOrDefault(name, pool -> 0);
            gauge.register(
                    next.pools().stream()
                            .map(pool -> Meters.row(name, pool.pool(), figure.applyAsLong(pool)))
                            .toList(),
                    true);
        });
        blocks.register(
                OWNERSHIPS.stream()
                        .map(state ->
                                Meters.row(
                                        MetricName.BLOCKS,
                                        state,
                                        next.blocks().getOrDefault(state, 0)))
                        .toList(),
                true);
    }
}
