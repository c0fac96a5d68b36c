package io.croft.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clusters under faults, a few of them in every build; {@code ./dev sim} runs many, new ones too.
 */
final class SimulationSimTest {
    private static final int FIXED = 8;
    private static final int FRESH = 2;

    /** A shorter run proves nothing. */
    private static final long LEAST_STEPS = 1_000;

    @Test
    void keepsEveryPromiseInRunsThatAreTheSameEachTime() {
        for (long seed = 1; seed <= FIXED; seed++) {
            long hash = clean(seed);
            assertEquals(hash, clean(seed), "seed " + seed + " does not repeat itself");
        }
    }

    @Test
    void keepsEveryPromiseInFreshRuns() {
        long first = new Random().nextInt(1 << 30);
        System.out.println("simulation from seed " + first);
        for (long seed = first; seed < first + FRESH; seed++) {
            clean(seed);
        }
    }

    private static long clean(long seed) {
        World.Outcome outcome = new World(Plan.of(seed), Controls.NONE, _ -> {}).run();
        assertTrue(outcome.failure().isEmpty(), () -> Report.of(outcome));
        assertTrue(
                outcome.steps() >= LEAST_STEPS,
                () -> "seed %d did only %d steps".formatted(seed, outcome.steps()));
        return outcome.hash();
    }

    /** What breaks without the wait does not break with it. */
    @Test
    void keepsEveryPromiseWhereTheDisksOfEtcdGoBack() {
        for (long seed = 1; seed <= 8; seed++) {
            Plan plan = Control.DOES_NOT_WAIT_AFTER_A_LOSS.plan(seed);
            World.Outcome outcome =
                    new World(plan, Scenes.rolledBackWhileOneWasCutOff(), _ -> {}).run();
            assertTrue(outcome.failure().isEmpty(), () -> Report.of(outcome));
        }
    }

    static Stream<Control> thoseThatWereCaught() {
        return Stream.of(Control.values()).filter(control -> control.coveredBy().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("thoseThatWereCaught")
    void catchesARuleThatIsSwitchedOff(Control control) {
        boolean caught = false;
        long effects = 0;
        for (long seed = 1; !caught && seed <= control.mostRuns(); seed++) {
            Control.Run run = control.run(seed);
            caught = run.isCaught();
            effects += run.effects();
        }
        String found =
                "%s was not caught in %d runs, in which it took effect %d times"
                        .formatted(control, control.mostRuns(), effects);
        assertTrue(caught, found);
    }
}
