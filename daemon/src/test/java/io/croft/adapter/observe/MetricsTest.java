package io.croft.adapter.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.observe.NodeFigures.GarbageFigures;
import io.croft.adapter.observe.NodeFigures.PoolFigures;
import io.croft.adapter.observe.NodeFigures.StoreFigures;
import io.croft.core.address.Cidr;
import io.croft.core.allocation.Attachment;
import io.croft.core.block.BlockId;
import io.croft.core.engine.Event;
import io.croft.core.engine.Violation;
import io.croft.core.pool.PoolId;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.Release;
import io.croft.core.time.BootTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Release DEL =
            new Release(new Attachment("net", "container", "eth0"), BootTime.ZERO, false);
    private static final BlockId BLOCK =
            new BlockId(new PoolId(new UUID(1, 1)), Cidr.parse("cidr", "10.0.0.0/26"));

    private NodeFigures figures =
            new NodeFigures(
                    true,
                    List.of(new PoolFigures("a", 256, 5, 4, 3, 2)),
                    Map.of("owned", 7),
                    4096,
                    1,
                    6,
                    new StoreFigures(true, false, 12.5),
                    new GarbageFigures(3, true, false));
    private final Metrics metrics = new Metrics(() -> figures);

    @Test
    void exposesEveryNameOfTheTable() {
        everythingHappens();
        String page = metrics.scrape();
        for (MetricName name : MetricName.values()) {
            String type = name.type().name().toLowerCase(Locale.ROOT);
            assertTrue(
                    page.contains("# TYPE %s %s\n".formatted(name.exposed(), type)),
                    () -> name + " in\n" + page);
            assertTrue(page.contains("# HELP %s %s\n".formatted(name.exposed(), name.help())));
            for (String label : name.labels()) {
                String labelled = "(?s).*\n" + name.exposed() + "[a-z_]*\\{[^}]*" + label + "=\".*";
                assertTrue(page.matches(labelled), () -> name + " in\n" + page);
            }
        }
    }

    @Test
    void exposesNothingBesideTheTable() {
        everythingHappens();
        List<String> known = Arrays.stream(MetricName.values()).map(MetricName::exposed).toList();
        List<String> unknown =
                metrics.scrape()
                        .lines()
                        .filter(line -> line.startsWith("# TYPE "))
                        .map(line -> line.substring(7, line.lastIndexOf(' ')))
                        .map(name -> name.replaceFirst("_max$", ""))
                        .filter(name -> !known.contains(name))
                        .toList();
        assertEquals(List.of(), unknown);
    }

    @Test
    void showsTheNodesFiguresOfTheMoment() {
        assertShows("croft_pool_free_addresses{pool=\"a\"} 2");
        assertShows("croft_blocks{state=\"owned\"} 7");
        assertShows("croft_blocks{state=\"quarantined\"} 0");
        assertShows("croft_serving 1");
        assertShows("croft_store_answering 1");
        assertShows("croft_store_frozen 0");
        assertShows("croft_garbage_attachments 3");
        assertShows("croft_garbage_braked 1");
        assertShows("croft_inventory_incomplete 0");
        assertShows("croft_pools_age_seconds 12.5");
        figures = NodeFigures.NONE;
        assertTrue(!metrics.scrape().contains("pool=\"a\""));
        assertShows("croft_serving 0");
    }

    @Test
    void showsCountersAlsoWhenTheLoopDoesNotAnswer() {
        var alone =
                new Metrics(() -> {
                    throw new IllegalStateException("no answer");
                });
        alone.violated(new Violation(Optional.empty(), "x"));
        assertTrue(alone.scrape().contains("croft_violations_total 1"));
        assertTrue(alone.scrape().contains("croft_serving 0"));
    }

    @Test
    void countsRefusalsByReasonFromZeroOn() {
        assertShows("croft_refusals_total{reason=\"POOL_EXHAUSTED\"} 0");
        metrics.refused(DEL, Reason.POOL_EXHAUSTED.because("x"), Duration.ZERO);
        assertShows("croft_refusals_total{reason=\"POOL_EXHAUSTED\"} 1");
    }

    @Test
    void showsWhatNeverHappenedAsZero() {
        assertShows("croft_outages_total{of=\"store\"} 0");
        assertShows("croft_limits_reached_total{limit=\"mailbox\"} 0");
        assertShows("croft_store_answers_total{outcome=\"denied\"} 0");
        metrics.outage("store", true, "gone");
        assertShows("croft_outages_total{of=\"store\"} 1");
    }

    @Test
    void timesRequestsInBoundedBuckets() {
        metrics.accepted(DEL, List.of(), true, Duration.ofNanos(700_000));
        assertShows("croft_request_seconds_count{outcome=\"ok\",verb=\"del\"} 1");
        assertShows("croft_request_seconds_bucket{outcome=\"ok\",verb=\"del\",le=\"0.001\"} 1");
        assertShows("croft_request_seconds_bucket{outcome=\"ok\",verb=\"del\",le=\"5.0E-4\"} 0");
    }

    @Test
    void boundsTheValuesOfALabel() {
        for (int i = 0; i < 100; i++) {
            metrics.limitReached("limit-" + i);
        }
        long values =
                metrics.scrape()
                        .lines()
                        .filter(line -> line.startsWith("croft_limits_reached_total{"))
                        .count();
        assertTrue(values <= 33, "values: " + values);
        assertTrue(metrics.scrape().contains("limit=\"other\""));
    }

    private void everythingHappens() {
        metrics.accepted(
                DEL,
                List.of(new Event.Released(DEL.attachment(), 1, BootTime.ZERO)),
                true,
                Duration.ofMillis(1));
        metrics.committed(3, Duration.ofMillis(1));
        metrics.snapshotTaken(Duration.ofMillis(1));
        metrics.storeAnswered(BLOCK, "won");
        metrics.limitReached("mailbox");
        metrics.outage("store", true, "gone");
        metrics.etcdAnswered("write", "ok", Duration.ofMillis(3));
        metrics.count(MetricName.LOG_DROPPED, () -> 1);
        metrics.count(MetricName.EVENTS_LOST, () -> 1);
        metrics.count(MetricName.LISTENER_FAILURES, () -> 1);
    }

    private void assertShows(String line) {
        String page = metrics.scrape();
        assertTrue(
                page.lines().anyMatch(each -> each.startsWith(line)), () -> line + " in\n" + page);
    }
}
