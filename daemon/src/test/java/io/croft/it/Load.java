package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Container runtimes at work on several agents, until they are told to end; one ledger for all. */
final class Load {
    private final Path dir;
    private final Ledger ledger;
    private final SplittableRandom random;
    private final AtomicBoolean ending = new AtomicBoolean();
    private final List<Thread> workers = new ArrayList<>();
    private final Map<String, RealAgent> agents = new HashMap<>();

    Load(Path dir, Ledger ledger, SplittableRandom random) {
        this.dir = dir;
        this.ledger = ledger;
        this.random = random;
    }

    /** That many more workers, on that agent. */
    Load on(RealAgent agent, int more) {
        for (int i = 0; i < more; i++) {
            String name = "w" + workers.size();
            agents.put(name, agent);
            var worker = new Worker(name, dir, agent.shim(), ledger, random.split(), ending);
            workers.add(Thread.ofPlatform().daemon().name(name).start(worker));
        }
        return this;
    }

    /** Ends the workers and waits for them; their pods stay. */
    void end() {
        ending.set(true);
        try {
            for (Thread worker : workers) {
                worker.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Every agent has what was acknowledged and not deleted, and nothing else. */
    void expectAllOfTheLivingAndNobodyElse() {
        Map<String, List<String>> answered = new TreeMap<>();
        ledger.live()
                .forEach((key, answer) -> {
                    Pod pod = podOf(key);
                    RealAgent agent = agentOf(key);
                    ledger.acknowledge(pod, agent.shim().add(pod));
                    Answer check = agent.shim().check(pod, answer);
                    assertTrue(check.ok(), check::toString);
                    answered.put(key, answer.addresses());
                });
        Map<String, List<String>> listed = new TreeMap<>();
        agents.values().stream().distinct().forEach(agent -> read(agent, listed));
        listed.values().forEach(addresses -> addresses.sort(null));
        assertEquals(answered, listed);
    }

    private static void read(RealAgent agent, Map<String, List<String>> listed) {
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
    }

    /** Containers are named {@code worker-number}. */
    private RealAgent agentOf(String key) {
        return Objects.requireNonNull(agents.get(key.split("/", -1)[1].split("-", -1)[0]));
    }

    /** For calls at the end, when any namespace will do. */
    Pod podOf(String key) {
        return new Pod("net", key.split("/", -1)[1], "team", Place.pod(dir, "last").netns());
    }
}
