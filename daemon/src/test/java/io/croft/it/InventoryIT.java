package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Sandboxes that vanish without a DEL, on a real agent with real namespaces. Nothing goes that is
 * younger than ten minutes, so the agent is in a time namespace in which all is older. What a real
 * runtime makes of it is tried by {@code deploy/runtimes/forgotten}.
 */
@Execution(ExecutionMode.CONCURRENT)
class InventoryIT {
    private static final Duration LONG = Duration.ofMinutes(3);

    @TempDir Path dir;

    private final Namespaces namespaces = new Namespaces();
    private RealAgent agent;
    private Optional<Process> pause = Optional.empty();

    @BeforeEach
    void start() {
        Place.directory(dir.resolve("results"));
        agent = new RealAgent(dir).under("unshare", "--time", "--boottime", "660");
        agent.with("cni-cache", dir.resolve("results").toString()).start();
        agent.croft("pool create pods 10.99.0.0/24 --default").expectSuccess();
    }

    @AfterEach
    void end() {
        pause.ifPresent(Process::destroyForcibly);
        agent.close();
        namespaces.close();
    }

    private Pod add(String name) {
        Pod pod = namespaces.pod(name);
        agent.shim().add(pod).outcome().expectSuccess();
        Place.write(result(pod), "{}");
        return pod;
    }

    private Path result(Pod pod) {
        return dir.resolve("results").resolve("net-" + pod.container() + "-eth0");
    }

    private List<String> held() {
        List<String> held = new ArrayList<>();
        agent.list("ip list")
                .forEach(each ->
                        held.add(
                                each.getAsJsonObject()
                                        .getAsJsonObject("attachment")
                                        .get("containerId")
                                        .getAsString()));
        return held.stream().sorted().toList();
    }

    private String preview() {
        return agent.croft("gc --dry-run").out();
    }

    private void awaitPreview(String expression) {
        Eventually.within(
                LONG, this::preview, () -> preview().matches("(?s).*" + expression + ".*"));
    }

    @Test
    void freesWhatVanishedAndKeepsWhatLivesOrHasAResult() throws Exception {
        Pod alive = add("alive");
        // As a pod has one. Without it the agent would doubt that it sees processes.
        pause =
                Optional.of(
                        Program.start(
                                List.of("ip", "netns", "exec", alive.container(), "sleep", "600"),
                                dir.resolve("pause.log")));
        Pod cached = add("cached");
        Pod gone = add("gone");
        namespaces.remove(cached);
        namespaces.remove(gone);
        Files.delete(result(gone));
        awaitPreview(gone.container() + "/eth0 +nothing of it was found; goes in");
        assertEquals(List.of(alive.container(), cached.container(), gone.container()), held());
        // One inventory is none: a minute later there is another.
        Eventually.within(
                LONG,
                this::preview,
                () -> held().equals(List.of(alive.container(), cached.container())));
        assertTrue(preview().contains("libcni's cache has its result"), this::preview);
        assertTrue(agent.log().contains("collected"), agent::log);
        agent.shim().del(alive).outcome().expectSuccess();
        agent.shim().del(cached).outcome().expectSuccess();
        assertEquals(List.of(), held());
    }
}
