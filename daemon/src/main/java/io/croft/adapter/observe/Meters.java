package io.croft.adapter.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The registry, spoken to in {@link MetricName}s. Values of a label that are not known beforehand
 * are bounded; past the bound they are one value, "other".
 */
final class Meters {
    private static final int MOST_VALUES = 32;
    private static final String OTHER = "other";

    /** From an ADD of a warm agent to the time a shim waits. */
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(50_000),
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<MetricName, Map<List<String>, Counter>> counters = new ConcurrentHashMap<>();
    private final Map<MetricName, Map<List<String>, Timer>> timers = new ConcurrentHashMap<>();

    Meters() {
        // MetricName has the names as they are exposed.
        registry.config().namingConvention((name, type, unit) -> name);
    }

    void add(MetricName name, long count, String... labels) {
        bounded(counters, name, labels, values -> counter(name, values)).increment((double) count);
    }

    void record(MetricName name, Duration took, String... labels) {
        bounded(timers, name, labels, values -> timer(name, values)).record(took);
    }

    private static <T> T bounded(
            Map<MetricName, Map<List<String>, T>> all,
            MetricName name,
            String[] labels,
            Function<List<String>, T> maker) {
        Map<List<String>, T> known = all.computeIfAbsent(name, n -> new ConcurrentHashMap<>());
        List<String> values = List.of(labels);
        if (!values.isEmpty() && known.size() >= MOST_VALUES && !known.containsKey(values)) {
            values = values.stream().map(value -> OTHER).toList();
        }
        return known.computeIfAbsent(values, maker);
    }

    private Counter counter(MetricName name, List<String> values) {
        return Counter.builder(name.exposed())
                .description(name.help())
                .tags(tags(name, values))
                .register(registry);
    }

    private Timer timer(MetricName name, List<String> values) {
        return Timer.builder(name.exposed())
                .description(name.help())
                .tags(tags(name, values))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    /** A counter that somebody else counts. */
    void count(MetricName name, LongSupplier count) {
        FunctionCounter.builder(name.exposed(), count, counted -> (double) counted.getAsLong())
                .description(name.help())
                .register(registry);
    }

    void gauge(MetricName name, DoubleSupplier value) {
        Gauge.builder(name.exposed(), value, DoubleSupplier::getAsDouble)
                .description(name.help())
                .strongReference(true)
                .register(registry);
    }

    /** A gauge with one label, whose values come and go. */
    MultiGauge gauges(MetricName name) {
        return MultiGauge.builder(name.exposed()).description(name.help()).register(registry);
    }

    static MultiGauge.Row<Number> row(MetricName name, String label, Number value) {
        return MultiGauge.Row.of(tags(name, List.of(label)), value);
    }

    private static Tags tags(MetricName name, List<String> values) {
        Tags tags = Tags.empty();
        for (int i = 0; i < values.size(); i++) {
            tags = tags.and(name.labels().get(i), values.get(i));
        }
        return tags;
    }

    String scrape() {
        return registry.scrape();
    }
}
