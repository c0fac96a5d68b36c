package io.croft.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Leaves out of a plan that fails all that it fails without. */
final class Shrink {
    private static final int MOST_RUNS = 400;

    private final String rule;
    private World.Outcome best;
    private int runs;

    Shrink(World.Outcome failed) {
        this.best = failed;
        this.rule = failed.failure().orElseThrow().rule();
    }

    /** The smallest plan that was found to break the same rule. */
    World.Outcome run() {
        for (int size = Math.max(1, best.plan().faults().size() / 2); size >= 1; size /= 2) {
            for (int from = 0; from < best.plan().faults().size() && runs < MOST_RUNS; ) {
                List<Plan.Planned> fewer = new ArrayList<>(best.plan().faults());
                fewer.subList(from, Math.min(fewer.size(), from + size)).clear();
                if (!fails(best.plan().with(fewer))) {
                    from += size;
                }
            }
        }
        for (int most = 1; most < best.plan().most() && runs < MOST_RUNS; most++) {
            if (fails(best.plan().withMost(most))) {
                break;
            }
        }
        return best;
    }

    private boolean fails(Plan plan) {
        runs++;
        World.Outcome outcome = new World(plan, Controls.NONE, _ -> {}).run();
        Optional<Failure> failure = outcome.failure();
        if (failure.filter(f -> f.rule().equals(rule)).isPresent()) {
            best = outcome;
            return true;
        }
        return false;
    }
}
