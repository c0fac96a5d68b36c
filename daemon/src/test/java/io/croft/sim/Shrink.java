package io.croft.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Leaves out of a plan that fails all that it fails without: faults, and deeds of runtimes. */
final class Shrink {
    private static final int MOST_RUNS = 600;

    private final String rule;
    private final Controls controls;
    private World.Outcome best;
    private int runs;

    Shrink(World.Outcome failed, Controls controls) {
        this.best = failed;
        this.controls = controls;
        this.rule = failed.failure().orElseThrow().rule();
    }

    /** The smallest plan that was found to break the same rule. */
    World.Outcome run() {
        reduce(best.plan().faults(), kept -> best.plan().with(kept));
        for (int most = 1; most < best.plan().most() && runs < MOST_RUNS; most++) {
            if (fails(best.plan().withMost(most))) {
                break;
            }
        }
        Set<Plan.Deed> all = new HashSet<>(best.deeds());
        reduce(
                best.deeds(),
                kept -> {
                    Set<Plan.Deed> left = new HashSet<>(all);
                    kept.forEach(left::remove);
                    return best.plan().without(left);
                });
        reduce(best.plan().faults(), kept -> best.plan().with(kept));
        return best;
    }

    /** Leaves out halves, quarters, and so on to single ones. */
    private <T> void reduce(List<T> items, Function<List<T>, Plan> plan) {
        List<T> kept = new ArrayList<>(items);
        for (int size = Math.max(1, kept.size() / 2); size >= 1; size /= 2) {
            for (int from = 0; from < kept.size() && runs < MOST_RUNS; ) {
                List<T> fewer = new ArrayList<>(kept);
                fewer.subList(from, Math.min(fewer.size(), from + size)).clear();
                if (fails(plan.apply(fewer))) {
                    kept = fewer;
                } else {
                    from += size;
                }
            }
        }
    }

    private boolean fails(Plan plan) {
        runs++;
        World.Outcome outcome = new World(plan, controls, _ -> {}).run();
        Optional<Failure> failure = outcome.failure();
        if (failure.filter(f -> f.rule().equals(rule)).isPresent()) {
            best = outcome;
            return true;
        }
        return false;
    }
}
