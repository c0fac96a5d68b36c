package io.croft.node.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.Workload;
import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.core.time.BootTime;
import io.croft.node.reconcile.Absences.Findings;
import io.croft.node.reconcile.Survey.Named;
import io.croft.testing.Some;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a node holds and what inventories show of it, one after the other. */
abstract class SurveyedPods {
    static final BootTime START = new BootTime(Duration.ofHours(1).toNanos());
    static final long BEFORE_START = 1;
    static final long ACQUIRED = 100;

    final Absences absences = new Absences();
    final List<Allocation> held = new ArrayList<>();
    final Map<SeenNetns, NetnsTrace> traces = new HashMap<>();
    Optional<Set<Attachment>> runtime = Optional.empty();
    Optional<Set<Attachment>> cache = Optional.empty();

    Allocation pod(String name, NetnsTrace trace) {
        return hold(name, name, BootTime.ZERO, BEFORE_START, true, "/run/netns/" + name, trace);
    }

    Allocation hold(
            String name,
            String pod,
            BootTime began,
            long sequence,
            boolean witnessed,
            String path,
            NetnsTrace trace) {
        var netns = new SeenNetns(new Netns(path, 4, 1_000 + name.hashCode()), witnessed);
        var allocation =
                new Allocation(
                        Some.attachment(name),
                        sequence,
                        began,
                        false,
                        List.of(),
                        new Workload("ns", pod, "", Optional.of(netns)),
                        Instant.EPOCH);
        held.add(allocation);
        traces.put(netns, trace);
        return allocation;
    }

    void becomes(Allocation allocation, NetnsTrace trace) {
        traces.put(allocation.workload().netns().orElseThrow(), trace);
    }

    Findings after(int seconds) {
        return absences.judge(
                new Survey(
                        START.plus(Duration.ofSeconds(seconds)),
                        List.copyOf(held),
                        ACQUIRED,
                        Map.copyOf(traces),
                        runtime.map(shown -> new Named("the runtime", Set.copyOf(shown)::contains)),
                        cache.map(shown -> new Named("the cache", Set.copyOf(shown)::contains))));
    }

    List<Allocation> freed(int seconds) {
        Findings findings = after(seconds);
        assertEquals(Optional.empty(), findings.incomplete());
        return findings.free();
    }

    void assertCountsForNothing(String why, int seconds) {
        Findings findings = after(seconds);
        assertTrue(findings.incomplete().orElse("complete").contains(why), findings::toString);
        assertEquals(List.of(), findings.free());
    }

    void holdsManyAlive(int count) {
        for (int i = 0; i < count; i++) {
            pod("alive-" + i, NetnsTrace.ALIVE);
        }
    }

    List<Allocation> gone(int count) {
        List<Allocation> gone = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            gone.add(pod("gone-" + i, NetnsTrace.GONE));
        }
        return gone;
    }
}
