package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's wall clock is set to 1970 and far ahead while it serves. */
final class WallClockIT {
    private static final Path FAKETIME =
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
    private static final String IN_1970 = "@1970-01-02 00:00:00";
    private static final String IN_2060 = "@2060-01-01 00:00:00";
    private static final String NOW = "+0";
    private static final Duration COOLDOWN = Duration.ofSeconds(30);

    @TempDir private Path dir;

    @Test
    void addsGoOnCoolingIsRightAndNothingIsLost() throws IOException {
        assertTrue(Files.exists(FAKETIME), "install the package libfaketime");
        Path clock = dir.resolve("clock");
        Place.write(clock, NOW);
        try (var agent =
                new RealAgent(dir)
                        .withEnvironment("LD_PRELOAD", FAKETIME.toString())
                        .withEnvironment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                        // Without it each timed wait of a JVM ends at once.
                        .withEnvironment("FAKETIME_FORCE_MONOTONIC_FIX", "0")
                        .withEnvironment("FAKETIME_TIMESTAMP_FILE", clock.toString())
                        .withEnvironment("FAKETIME_NO_CACHE", "1")
                        .with("log-level", "debug")) {
            agent.start();
            agent.croft(
                            "pool create pods 10.97.0.0/29 --default --mode routed --block-size 29 --cooldown 30s")
                    .expectSuccess();
            var ledger = new Ledger(COOLDOWN);
            Pod first = add(agent, ledger, 0);
            Place.write(clock, IN_1970);
            add(agent, ledger, 1);
            agent.awaitLog("1970-01-02T00:00");
            Place.write(clock, IN_2060);
            for (int i = 2; i < 8; i++) {
                add(agent, ledger, i);
            }
            agent.awaitLog("2060-01-01T00:00");

            ledger.end(first);
            assertTrue(agent.shim().del(first).ok());
            ledger.vanish(first);
            Files.delete(first.netns());
            Eventually.holds(agent::log, () -> isVacated(agent));
            Place.write(clock, IN_1970);
            Pod next = Place.pod(dir, "pod-8");
            expectNotTooEarly(agent, ledger, next);
            Place.write(clock, IN_2060);
            expectNotTooEarly(agent, ledger, next);
            agent.kill().start();
            Place.write(clock, IN_1970);
            expectNotTooEarly(agent, ledger, next);
            expectKept(agent, ledger);
            Eventually.holds(agent::log, () -> agent.shim().add(next).ok());
            add(agent, ledger, 8);
            assertEquals(1, ledger.reused(), "the first address was given again, after its time");
            Place.write(clock, NOW);
            expectKept(agent, ledger);
            System.out.printf("WallClockIT: %s%n", ledger.figures());
            assertEquals(List.of(), ledger.violations());
        }
    }

    private Pod add(RealAgent agent, Ledger ledger, int number) {
        Pod pod = Place.pod(dir, "pod-" + number);
        ledger.acknowledge(pod, agent.shim().add(pod));
        return pod;
    }

    /**
     * Where the test is so slow that the cooldown is over, an address is right; the ledger judges
     * by its own clock.
     */
    private static void expectNotTooEarly(RealAgent agent, Ledger ledger, Pod pod) {
        Answer answer = agent.shim().add(pod);
        if (answer.ok()) {
            ledger.acknowledge(pod, answer);
        } else {
            assertEquals(100, answer.code(), answer::toString);
        }
    }

    private void expectKept(RealAgent agent, Ledger ledger) {
        ledger.live().keySet().forEach(key -> add(agent, ledger, number(key)));
    }

    private static boolean isVacated(RealAgent agent) {
        return agent.list("ip list --resting")
                .get(0)
                .getAsJsonObject()
                .get("vacated")
                .getAsBoolean();
    }

    private static int number(String key) {
        return Integer.parseInt(key.split("/", -1)[1].substring("pod-".length()));
    }
}
