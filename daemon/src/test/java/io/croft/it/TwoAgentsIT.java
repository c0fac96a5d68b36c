package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Pod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two agents on one state directory: one serves, the other ends or waits its turn. */
final class TwoAgentsIT {
    private static final int HAND_OVERS = 4;
    private static final Seed SEED = Seed.ofThisRun();

    @TempDir private Path dir;

    @Test
    void theSecondEndsWithAnErrorThatNamesDirectoryAndRemedy() {
        try (var first = new RealAgent(dir).start();
                var second = new RealAgent(dir, "second.log").spawn()) {
            assertNotEquals(0, second.awaitEnd());
            String said = second.log();
            assertTrue(said.contains("CANNOT_START"), said);
            assertTrue(said.contains(first.state().toString()), said);
            assertTrue(said.contains("--wait-for-lock"), said);
            assertTrue(first.status().get("serving").getAsBoolean());
        }
    }

    @Test
    void theWaitingOneTakesOverFromOneThatIsKilled() {
        try (var first = new RealAgent(dir).start();
                var second = new RealAgent(dir, "second.log").withFlag("wait-for-lock").spawn()) {
            second.awaitLog(" waiting ");
            first.croft("pool create pods 10.92.0.0/24 --default").expectSuccess();
            Pod pod = Place.pod(dir, "kept");
            List<String> before = first.shim().add(pod).addresses();
            first.kill();
            assertEquals(before, second.shim().add(pod).addresses());
            second.awaitReady();
        }
    }

    @Test
    void theWaitingOneEndsInOrderWhileItWaits() {
        try (var first = new RealAgent(dir).start();
                var second = new RealAgent(dir, "second.log").withFlag("wait-for-lock").spawn()) {
            second.awaitLog(" waiting ").stop();
            assertTrue(first.status().get("serving").getAsBoolean());
            List<Path> left =
                    Place.list(first.run()).stream()
                            .filter(entry -> entry.toString().contains(".warm-"))
                            .toList();
            assertEquals(List.of(), left, "nothing is left of the rehearsal");
            assertFalse(second.log().contains("warm-up"), second.log());
        }
    }

    @Test
    void noAddFailsWhileAgentsTakeOverFromEachOther() throws InterruptedException {
        var ledger = new Ledger(Duration.ofSeconds(30));
        var ending = new AtomicBoolean();
        RealAgent serving = new RealAgent(dir, "0.log").withFlag("wait-for-lock").start();
        try {
            serving.croft("pool create pods 10.92.0.0/20 --default --block-size 26")
                    .expectSuccess();
            var worker = new Worker("w", dir, serving.shim(), ledger, SEED.random(), ending);
            Thread load = Thread.ofPlatform().daemon().start(worker);
            for (int handOver = 1; handOver <= HAND_OVERS; handOver++) {
                RealAgent next = new RealAgent(dir, handOver + ".log").withFlag("wait-for-lock");
                next.spawn().awaitLog(" waiting ");
                serving.stop();
                serving = next.awaitReady();
            }
            ending.set(true);
            load.join();
            ledger.live()
                    .forEach((key, answer) -> {
                        var again =
                                new Pod(
                                        "net",
                                        key.split("/", -1)[1],
                                        "team",
                                        dir.resolve("boot_id"));
                        ledger.acknowledge(again, Shim.on(dir.resolve("run/cni.sock")).add(again));
                    });
            System.out.printf("TwoAgentsIT: %d hand-overs, %s%n", HAND_OVERS, ledger.figures());
            assertEquals(List.of(), ledger.violations(), SEED.repeats(TwoAgentsIT.class));
            assertEquals(0, ledger.refused(), ledger.figures());
        } finally {
            serving.close();
        }
    }
}
