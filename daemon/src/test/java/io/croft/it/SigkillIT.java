package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private final AtomicBoolean ending = new AtomicBoolean();

    @Test
    void losesNoAcknowledgedAddAndGivesNoAddressTwice() throws InterruptedException {
        System.out.println("SigkillIT " + SEED.repeats(SigkillIT.class));
        try (var agent = new RealAgent(dir).start()) {
            pool(agent, "pods4", "10.91.0.0/23", 28);
            pool(agent, "pods6", "fd00:91::/119", 124);
            SplittableRandom random = SEED.random();
            List<Thread> workers = workers(agent.shim(), random);
            for (int kill = 1; kill <= KILLS; kill++) {
                Eventually.pause(kill % 10 == 0 ? LONG_UP_MILLIS : random.nextInt(MOST_UP_MILLIS));
                agent.kill().start();
            }
            ending.set(true);
            for (Thread worker : workers) {
                worker.join();
            }
            int spooled = deleteWhileTheAgentIsAway(agent);
            expectAllOfTheLivingAndNobodyElse(agent);
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

    private List<Thread> workers(Shim shim, SplittableRandom random) {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            var worker = new Worker("w" + i, dir, shim, ledger, random.split(), ending);
            workers.add(Thread.ofPlatform().daemon().name("worker-" + i).start(worker));
        }
        return workers;
    }

    private int deleteWhileTheAgentIsAway(RealAgent agent) {
        agent.kill();
        List<String> leaving = ledger.live().keySet().stream().limit(10).toList();
        for (String key : leaving) {
            Pod pod = podOf(key);
            ledger.end(pod);
            Answer answer = agent.shim().del(pod);
            assertTrue(answer.ok(), answer::toString);
        }
        assertTrue(leaving.size() >= 5, leaving::toString);
        assertEquals(leaving.size(), Place.spool(agent).size());
        agent.start();
        Eventually.holds(() -> Place.spool(agent), () -> Place.spool(agent).isEmpty());
        return leaving.size();
    }

    private void expectAllOfTheLivingAndNobodyElse(RealAgent agent) {
        Map<String, Answer> live = ledger.live();
        for (var each : live.entrySet()) {
            Pod pod = podOf(each.getKey());
            ledger.acknowledge(pod, agent.shim().add(pod));
            Answer check = agent.shim().check(pod, each.getValue());
            assertTrue(check.ok(), check::toString);
        }
        Map<String, List<String>> listed = new TreeMap<>();
        for (JsonElement entry : agent.list("ip list")) {
            JsonObject key = entry.getAsJsonObject().getAsJsonObject("attachment");
            String name =
                    String.join(
                            "/",
                            key.get("network").getAsString(),
                            key.get("containerId").getAsString(),
                            key.get("interfaceName").getAsString());
            listed.computeIfAbsent(name, _ -> new ArrayList<>())
                    .add(entry.getAsJsonObject().get("address").getAsString());
        }
        Map<String, List<String>> answered = new TreeMap<>();
        live.forEach((key, answer) -> answered.put(key, answer.addresses()));
        listed.values().forEach(addresses -> addresses.sort(null));
        assertEquals(answered, listed, SEED.repeats(SigkillIT.class));
    }

    /** For calls at the end, when any namespace will do. */
    private Pod podOf(String key) {
        return new Pod("net", key.split("/", -1)[1], "team", dir.resolve("boot_id"));
    }
}
