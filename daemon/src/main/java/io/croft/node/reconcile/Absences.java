package io.croft.node.reconcile;

import io.croft.core.allocation.Allocation;
import io.croft.core.engine.Timings;
import io.croft.core.netns.Identity;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.time.BootTime;
import io.croft.node.reconcile.Survey.Named;
import io.croft.node.reconcile.Survey.Standing;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides from one inventory after the other which allocations nobody uses any more. Looks at
 * nothing itself.
 *
 * <p>An inventory that could not be taken in full, or that does not show what must be there, counts
 * for nothing. What complete ones show as absent goes by the limits of {@link Timings}. When too
 * much would go, nothing does, until an operator says so or nothing is absent any more.
 */
final class Absences {
    private static final Comparator<Allocation> LONGEST_FIRST =
            Comparator.comparing(Allocation::began).thenComparing(Allocation::attachment);

    /**
     * What an inventory came to.
     *
     * @param incomplete why it counts for nothing; empty: it is complete
     * @param absent of which nothing was found
     * @param free what goes now
     */
    record Findings(
            BootTime read,
            Optional<String> incomplete,
            List<Allocation> absent,
            List<Allocation> free) {}

    private record Freed(BootTime at, int count) {}

    private final Map<Allocation, BootTime> absentSince = new HashMap<>();
    private final Map<Allocation, Standing> standings = new HashMap<>();
    private final Set<Allocation> listed = new HashSet<>();
    private final Set<Allocation> cached = new HashSet<>();
    private final Deque<Freed> freed = new ArrayDeque<>();
    private BootTime latest = BootTime.ZERO;
    private boolean braked;
    private int held;

    Findings judge(Survey survey) {
        Set<Identity> alive = survey.alive();
        Map<Allocation, NetnsTrace> traces = new HashMap<>();
        standings.clear();
        for (Allocation each : survey.held()) {
            NetnsTrace trace = survey.trace(each, alive);
            traces.put(each, trace);
            standings.put(each, survey.standing(each, trace));
        }
        held = survey.held().size();
        absentSince.keySet().removeIf(each -> standings.get(each) != Standing.ABSENT);
        Optional<String> incomplete = incomplete(survey, traces);
        if (incomplete.isPresent()) {
            return new Findings(survey.read(), incomplete, List.of(), List.of());
        }
        latest = survey.read();
        List<Allocation> absent =
                survey.held().stream()
                        .filter(each -> standings.get(each) == Standing.ABSENT)
                        .sorted(LONGEST_FIRST)
                        .toList();
        absent.forEach(each -> absentSince.putIfAbsent(each, latest));
        brake(absent.size());
        List<Allocation> free = braked ? List.of() : due().stream().limit(allowed()).toList();
        if (!free.isEmpty()) {
            freed.addLast(new Freed(latest, free.size()));
        }
        return new Findings(latest, Optional.empty(), absent, free);
    }

    private Optional<String> incomplete(Survey survey, Map<Allocation, NetnsTrace> traces) {
        // Of both, what they show is remembered, also where the other one spoils the inventory.
        Optional<String> runtime = missed(survey.runtime(), listed, traces);
        Optional<String> cache = missed(survey.cache(), cached, traces);
        return blind(survey, traces).or(() -> runtime).or(() -> cache);
    }

    /**
     * The positive control of namespaces: those of attachments that this process served must have
     * been seen by it, and one at least must be there.
     */
    private static Optional<String> blind(Survey survey, Map<Allocation, NetnsTrace> traces) {
        Optional<Allocation> unseen =
                survey.held().stream()
                        .filter(each -> each.sequence() > survey.acquired())
                        .filter(each ->
                                each.workload()
                                        .netns()
                                        .filter(netns ->
                                                netns.netns().isKnown() && !netns.witnessed())
                                        .isPresent())
                        .filter(each -> traces.get(each) != NetnsTrace.ALIVE)
                        .min(LONGEST_FIRST);
        if (unseen.isPresent()) {
            return unseen.map(each ->
                    "this agent did not see the namespace of %s, which is newer than its start"
                            .formatted(each.attachment()));
        }
        return survey.held().isEmpty() || traces.containsValue(NetnsTrace.ALIVE)
                ? Optional.empty()
                : Optional.of("no namespace of all that is held was found");
    }

    /**
     * The positive control of a list: it must show something of what is held, and each pod once,
     * unless its namespace is gone.
     */
    private static Optional<String> missed(
            Optional<Named> list, Set<Allocation> shown, Map<Allocation, NetnsTrace> traces) {
        if (list.isEmpty() || traces.isEmpty()) {
            return Optional.empty();
        }
        shown.retainAll(traces.keySet());
        boolean any = false;
        for (Allocation each : traces.keySet()) {
            if (list.get().listing().shows(each.attachment())) {
                any = true;
                shown.add(each);
            }
        }
        if (!any) {
            return Optional.of(list.get().name() + " shows nothing of what is held");
        }
        return traces.entrySet().stream()
                .filter(each -> Survey.isPod(each.getKey()) && !shown.contains(each.getKey()))
                .filter(each ->
                        each.getValue() == NetnsTrace.ALIVE
                                || each.getValue() == NetnsTrace.UNKNOWN)
                .map(Map.Entry::getKey)
                .min(LONGEST_FIRST)
                .map(each -> "%s does not show %s".formatted(list.get().name(), each.attachment()));
    }

    /** What went in the last ten minutes counts with what would go. */
    private void brake(int absent) {
        freed.removeIf(each -> !latest.isBefore(each.at().plus(Timings.GARBAGE_AGE)));
        int gone = freed.stream().mapToInt(Freed::count).sum();
        int would = absent + gone;
        if (absent == 0) {
            braked = false;
        } else if (would > Timings.GARBAGE_FLOOR && would * Timings.GARBAGE_SHARE > held + gone) {
            braked = true;
        }
    }

    private int allowed() {
        int lately =
                freed.stream()
                        .filter(each -> latest.isBefore(each.at().plus(Timings.GARBAGE_WINDOW)))
                        .mapToInt(Freed::count)
                        .sum();
        return Math.max(0, Timings.MOST_GARBAGE - lately);
    }

    private List<Allocation> due() {
        return absentSince.keySet().stream()
                .filter(each -> !latest.isBefore(dueAt(each)))
                .sorted(LONGEST_FIRST)
                .toList();
    }

    private BootTime dueAt(Allocation absent) {
        BootTime twice = absentSince.getOrDefault(absent, latest).plus(Timings.GARBAGE_TWICE);
        return twice.max(absent.began().plus(Timings.GARBAGE_AGE));
    }

    /** What two complete inventories did not show, and is old enough. Lifts the brake. */
    List<Allocation> confirm() {
        braked = false;
        return due();
    }

    /** There is no inventory now: what the latest one showed is not told as if it still were so. */
    void lose() {
        standings.clear();
    }

    boolean isBraked() {
        return braked;
    }

    int absent() {
        return absentSince.size();
    }

    String why(Allocation each, BootTime now) {
        Standing standing = standings.get(each);
        if (standing == null) {
            return "";
        }
        if (standing != Standing.ABSENT || !absentSince.containsKey(each)) {
            return standing.words();
        }
        if (braked) {
            return standing.words() + "; too much would go, so it waits for croft gc --confirm";
        }
        BootTime due = dueAt(each);
        return now.isBefore(due)
                ? "%s; goes in %d s if that stays so"
                        .formatted(standing.words(), due.since(now).toSeconds() + 1)
                : standing.words() + "; goes next";
    }
}
