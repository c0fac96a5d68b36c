package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent is killed at random moments while runtimes add, check and delete pods of two families.
 */
final class SigkillIT {
    private static final int KILLS = 50;
    private static final int WORKERS = 3;
    private static final int MOST_UP_MILLIS = 400;

    /** Long enough that the agent looks at the sandboxes of resting addresses. */
    private static final int LONG_UP_MILLIS = 2500;

    private static final Seed SEED = Seed.ofThisRun();

    @TempDir private Path dir;

    private final Ledger ledger = new Ledger(Duration.ofSeconds(30));

    @Test
    void losesNoAcknowledgedAddAndGivesNoAddressTwice() {
        System.out.println("SigkillIT " + SEED.repeats(SigkillIT.class));
        try (var agent = new RealAgent(dir).start()) {
            pool(agent, "pods4", "10.91.0.0/23", 28);
            pool(agent, "pods6", "fd00:91::/119", 124);
            SplittableRandom random = SEED.random();
            Load load = new Load(dir, ledger, random.split()).on(agent, WORKERS);
            for (int kill = 1; kill <= KILLS; kill++) {
                Eventually.pause(kill % 10 == 0 ? LONG_UP_MILLIS : random.nextInt(MOST_UP_MILLIS));
                agent.kill().start();
            }
            load.end();
            int spooled = deleteWhileTheAgentIsAway(agent, load);
            load.expectAllOfTheLivingAndNobodyElse();
            System.out.printf(
                    "SigkillIT: %d kills, %d spooled at the end, %s%n",
                    KILLS, spooled, ledger.figures());
        }
        assertEquals(List.of(), ledger.violations(), SEED.repeats(SigkillIT.class));
        assertTrue(ledger.added() >= 200 && ledger.reused() > 0, ledger.figures());
    }

    private static void pool(RealAgent agent, String name, String cidr, int block) {
        agent.croft(
                        "pool create %s %s --block-size %d --cooldown 30s --default"
                                .formatted(name, cidr, block))
                .expectSuccess();
    }

    private int deleteWhileTheAgentIsAway(RealAgent agent, Load load) {
        agent.kill();
        List<String> leaving = ledger.live().keySet().stream().limit(10).toList();
        for (String key : leaving) {
            Pod pod = load.podOf(key);
            ledger.end(pod);
            Answer answer = agent.shim().del(pod);
            assertTrue(answer.ok(), answer::toString);
        }
        assertTrue(leaving.size() >= 5, leaving::toString);
        assertEquals(leaving.size(), Place.spool(agent).size());
        agent.start();
        Place.awaitEmptySpool(agent);
        return leaving.size();
    }
}
