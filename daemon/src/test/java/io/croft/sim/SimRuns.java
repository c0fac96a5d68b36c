package io.croft.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code ./dev sim} runs; no part of the tests. */
final class SimRuns {
    @Test
    void breaksNoPromise() {
        String args = System.getProperty("croft.sim", "").strip();
        assertTrue(
                Sim.run(args.isEmpty() ? List.of() : List.of(args.split(" +"))),
                "a promise was broken; what is printed above says which");
    }
}
