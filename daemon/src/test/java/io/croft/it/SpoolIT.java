package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DELs while the agent is away. */
final class SpoolIT {
    /** The long run: {@code -Dcroft.spooled=1000}. */
    private static final int SPOOLED = Integer.getInteger("croft.spooled", 300);

    private static final int RUNTIMES = 6;
    private static final int EARLY_ADDS = 4;

    @TempDir private Path dir;

    @Test
    void areCarriedOutInTheirOrderBeforeTheFirstAddAndADamagedOneIsSetAside() throws IOException {
        try (var agent = new RealAgent(dir).start()) {
            agent.croft("pool create pods 10.113.0.0/20 --mode routed --default --block-size 26")
                    .expectSuccess();
            List<Pod> pods = new ArrayList<>();
            for (int i = 0; i < SPOOLED; i++) {
                pods.add(Place.pod(dir, "pod-" + i));
            }
            forEach(pods, pod -> expectSuccess(agent.shim().add(pod)));
            agent.kill();
            forEach(pods, pod -> expectSuccess(agent.shim().del(pod)));
            List<Path> entries = Place.spool(agent);
            assertEquals(SPOOLED, entries.size());
            Path damaged = entries.get(SPOOLED / 2);
            List<String> expected = new ArrayList<>();
            for (Path entry : entries) {
                expected.add("released " + keyOf(entry));
            }
            String lost = expected.remove(SPOOLED / 2).substring("released ".length());
            String text = Files.readString(damaged);
            Files.writeString(damaged, text.substring(0, text.length() / 2));

            List<String> deeds = startWithAddsAtTheDoor(agent);
            assertIterableEquals(expected, deeds.subList(SPOOLED, 2 * SPOOLED - 1));
            assertEquals(2 * SPOOLED - 1 + EARLY_ADDS, deeds.size());

            Place.awaitEmptySpool(agent);
            Path aside = agent.run().resolve("spool/damaged").resolve(damaged.getFileName());
            assertTrue(Files.exists(aside));
            assertTrue(agent.log().contains(damaged + " was set aside"), agent::log);
            assertEquals(1 + EARLY_ADDS, agent.list("ip list").size());
            String container = lost.split("/", -1)[1];
            expectSuccess(agent.shim().del(Place.pod(dir, container)));
            assertEquals(EARLY_ADDS, agent.list("ip list").size());
            System.out.printf(
                    "SpoolIT: %d DELs spooled, %d carried out in order before %d ADDs, 1 set aside%n",
                    SPOOLED, SPOOLED - 1, EARLY_ADDS);
        }
    }

    /** What the journal says after a start at which pods already wait. */
    private List<String> startWithAddsAtTheDoor(RealAgent agent) throws IOException {
        // That of the killed one, so that the next one's is noticed.
        Files.delete(agent.socket());
        agent.spawn();
        Eventually.holds(agent::log, () -> Files.exists(agent.socket()));
        List<Program> adds = new ArrayList<>();
        for (int i = 0; i < EARLY_ADDS; i++) {
            adds.add(agent.shim().start(List.of(), "ADD", Place.pod(dir, "early-" + i)));
        }
        adds.forEach(add -> expectSuccess(new Answer(add.await())));
        agent.awaitReady();
        return JournalText.all(agent);
    }

    private static String keyOf(Path entry) throws IOException {
        JsonObject key =
                JsonParser.parseString(Files.readString(entry))
                        .getAsJsonObject()
                        .getAsJsonObject("attachment");
        return String.join(
                "/",
                key.get("network").getAsString(),
                key.get("container_id").getAsString(),
                key.get("interface_name").getAsString());
    }

    private static void expectSuccess(Answer answer) {
        assertTrue(answer.ok(), answer::toString);
    }

    /** Several at a time. */
    private static void forEach(List<Pod> pods, Consumer<Pod> call) {
        try (var runtimes = Executors.newFixedThreadPool(RUNTIMES)) {
            List<Future<?>> calls = new ArrayList<>();
            pods.forEach(pod -> calls.add(runtimes.submit(() -> call.accept(pod))));
            for (Future<?> each : calls) {
                each.get();
            }
        } catch (ExecutionException failed) {
            throw new AssertionError("a call failed", failed.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
