package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All of etcd is down while runtimes add and delete pods. */
final class EtcdOutageIT {
    /** The long run: {@code -Dcroft.outage=60}. */
    private static final Duration DOWN = Duration.ofSeconds(Integer.getInteger("croft.outage", 10));

    private static final Seed SEED = Seed.ofThisRun();

    @TempDir private Path dir;

    @Test
    void everyAddSucceedsFromLocalAddresses() {
        var ledger = new Ledger(Duration.ofSeconds(30));
        try (var place = EtcdPlace.three(dir)) {
            RealAgent a = place.agent("a").start();
            RealAgent b = place.agent("b").start();
            // More addresses in a block than a minute of load uses, those that rest included.
            a.croft("pool create pods4 10.90.0.0/16 --default --block-size 20 --cooldown 30s")
                    .expectSuccess();
            a.croft("pool create pods6 fd00:90::/112 --default --block-size 116 --cooldown 30s")
                    .expectSuccess();
            List.of(a, b)
                    .forEach(agent -> assertTrue(agent.shim().add(Place.pod(dir, "first")).ok()));

            place.etcd().killAll();
            Load load = new Load(dir, ledger, SEED.random()).on(a, 2).on(b, 2);
            Eventually.pause(DOWN.toMillis());
            load.end();
            System.out.printf(
                    "EtcdOutageIT: etcd down for %d s: %s%n", DOWN.toSeconds(), ledger.figures());
            assertEquals(0, ledger.refused(), ledger.figures());
            assertTrue(ledger.added() >= 4 * DOWN.toSeconds(), ledger.figures());
            assertEquals(List.of(), ledger.violations(), SEED.repeats(EtcdOutageIT.class));

            a.kill().start();
            assertTrue(a.shim().add(Place.pod(dir, "after-a-restart")).ok(), a.log());
            place.etcd().startAll();
            for (RealAgent agent : List.of(a, b)) {
                Eventually.holds(agent::log, () -> agent.status().get("serving").getAsBoolean());
            }
        }
    }
}
