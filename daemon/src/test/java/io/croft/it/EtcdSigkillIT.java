package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents and etcd members are killed at random moments while runtimes work on three hosts: one
 * member at a time, which the others stand, and now and then so many that there is no etcd.
 */
final class EtcdSigkillIT {
    /** Of each kind. The long run: {@code -Dcroft.kills=50}. */
    private static final int KILLS = Integer.getInteger("croft.kills", 10);

    private static final int MOST_UP_MILLIS = 600;
    private static final Seed SEED = Seed.ofThisRun();

    @TempDir private Path dir;

    private final Ledger ledger = new Ledger(Duration.ofSeconds(30));

    @Test
    void noAddressIsGivenTwiceAndNoneThatWasAcknowledgedIsLost() {
        System.out.println("EtcdSigkillIT " + SEED.repeats(EtcdSigkillIT.class));
        try (var place = EtcdPlace.three(dir)) {
            List<RealAgent> agents = new ArrayList<>();
            for (String node : List.of("a", "b", "c")) {
                agents.add(place.agent(node).start());
            }
            pool(agents.getFirst(), "pods4", "10.91.0.0/22", 28);
            pool(agents.getFirst(), "pods6", "fd00:91::/118", 124);
            SplittableRandom random = SEED.random();
            var load = new Load(dir, ledger, random.split());
            agents.forEach(agent -> load.on(agent, 1));
            int members = 0;
            int outages = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                Eventually.pause(random.nextInt(MOST_UP_MILLIS));
                agents.get(random.nextInt(agents.size())).kill().start();
                int more = kill % 4 == 3 ? 2 : 1;
                outages += more - 1;
                for (int member = 0; member < more; member++, members++) {
                    place.etcd().member((kill + member) % 3).kill();
                }
                Eventually.pause(random.nextInt(MOST_UP_MILLIS));
                place.etcd().startAll();
            }
            load.end();
            load.expectAllOfTheLivingAndNobodyElse();
            System.out.printf(
                    "EtcdSigkillIT: %d agents killed, %d members, %d times all of etcd was away, %s%n",
                    KILLS, members, outages, ledger.figures());
            place.croft("audit").expectSuccess();
        }
        assertEquals(List.of(), ledger.violations(), SEED.repeats(EtcdSigkillIT.class));
        assertTrue(ledger.added() >= 10 * KILLS, ledger.figures());
    }

    private static void pool(RealAgent agent, String name, String cidr, int block) {
        agent.croft(
                        "pool create %s %s --block-size %d --cooldown 30s --default"
                                .formatted(name, cidr, block))
                .expectSuccess();
    }
}
