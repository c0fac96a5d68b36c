package io.croft.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clusters under faults, a few of them in every build; {@code ./dev sim} runs many, new ones too.
 */
final class SimulationSimTest {
    private static final int RUNS = 12;

    /** A control that is not caught in so many runs means a checker that looks away. */
    private static final int MOST_RUNS = 20;

    @Test
    void keepsEveryPromiseInRunsThatAreTheSameEachTime() {
        for (long seed = 1; seed <= RUNS; seed++) {
            long hash = clean(seed);
            assertEquals(hash, clean(seed), "seed " + seed + " does not repeat itself");
        }
    }

    private static long clean(long seed) {
        World.Outcome outcome = new World(Plan.of(seed), Controls.NONE, _ -> {}).run();
        assertTrue(outcome.failure().isEmpty(), () -> Report.of(outcome));
        return outcome.hash();
    }

    @ParameterizedTest
    @EnumSource
    void catchesARuleThatIsSwitchedOff(Control control) {
        boolean caught = false;
        for (long seed = 1; !caught && seed <= MOST_RUNS; seed++) {
            caught = control.run(seed).failure().isPresent();
        }
        assertTrue(caught, control + " was not caught in " + MOST_RUNS + " runs");
    }
}
