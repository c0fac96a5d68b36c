package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Croft is taken off a node, beside its agent, while a pod lives. */
final class CniRemoveIT {
    private static final String NAME = "10-croft-bridge.conflist";

    @TempDir private Path dir;
    private Path conf;
    private Path bin;
    private Path log;
    private @Nullable Process remover;

    @BeforeEach
    void install() throws IOException {
        conf = Files.createDirectory(dir.resolve("net.d"));
        bin = Files.createDirectory(dir.resolve("bin"));
        log = dir.resolve("remover.log");
        Files.copy(Program.dist().resolve("etc/cni").resolve(NAME), conf.resolve(NAME));
        new CroftCommand(dir).run("cni install --bin-dir " + bin).expectSuccess();
    }

    @AfterEach
    void end() {
        if (remover != null) {
            remover.destroyForcibly();
        }
    }

    private String words() {
        return "cni remove --bin-dir %s --conf-dir %s --name %s".formatted(bin, conf, NAME);
    }

    private Process startRemover(RealAgent agent) {
        var command = new ArrayList<>(List.of(Program.dist().resolve("bin/croft").toString()));
        command.addAll(List.of(words().split(" ", -1)));
        command.addAll(List.of("--wait", "--run-dir", agent.run().toString()));
        command.addAll(List.of("--state-dir", agent.state().toString()));
        remover = Program.start(command, log);
        return remover;
    }

    private void awaitSaid(String words) {
        Eventually.holds(this::said, () -> said().contains(words));
    }

    private String said() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void expectInstalled() {
        assertTrue(Files.exists(conf.resolve(NAME)), this::said);
        assertTrue(Files.exists(bin.resolve("croft")), this::said);
    }

    private void awaitRemoved() {
        awaitSaid("removed\n");
        assertEquals(List.of(), Place.list(conf));
        assertEquals(List.of(), Place.list(bin));
    }

    @Test
    void everythingStaysUntilTheLastPodIsGoneAndNothingAfterwards() throws Exception {
        try (var agent = new RealAgent(dir)) {
            agent.start();
            agent.croft("pool create pods 10.94.0.0/24 --mode routed --default --cooldown 30s")
                    .expectSuccess();
            Pod pod = Place.pod(dir, "pod");
            assertTrue(agent.shim().add(pod).ok(), agent.log());
            agent.kill();
            Process remover = startRemover(agent);
            awaitSaid("waiting for the agent on " + agent.run());
            agent.start();
            awaitSaid("waiting for 1 attachment with 1 address to be deleted");
            expectInstalled();
            // As one that was killed after it had taken it, before it heard of the pod.
            Files.move(conf.resolve(NAME), conf.resolve("." + NAME + ".aside"));
            Eventually.holds(this::said, () -> Files.exists(conf.resolve(NAME)));
            assertTrue(agent.shim().del(pod).ok(), agent.log());
            awaitSaid("waiting for 1 address to rest");
            assertTrue(Files.exists(bin.resolve("croft")), this::said);
            Files.delete(pod.netns());
            awaitRemoved();
            assertTrue(remover.isAlive(), "it stays");
            remover.destroy();
            // It waits for the agent, which is told to end at the same time.
            assertTrue(agent.isAlive());
            agent.stop();
            remover.waitFor();
            assertTrue(said().contains("removed the content of " + agent.state()), this::said);
            assertEquals(List.of(), Place.list(agent.state()));
            assertEquals(List.of(), Place.list(agent.run()));
        }
    }

    @Test
    void withoutAWaitItSaysWhatItWaitsFor() {
        try (var agent = new RealAgent(dir).start()) {
            agent.croft("pool create pods 10.95.0.0/24 --mode routed --default").expectSuccess();
            Pod pod = Place.pod(dir, "pod");
            assertTrue(agent.shim().add(pod).ok(), agent.log());
            Program.Outcome refused = agent.croft(words());
            assertEquals(4, refused.exit(), refused::toString);
            assertTrue(refused.err().contains("1 attachment with 1 address"), refused::toString);
            expectInstalled();
            assertTrue(agent.shim().del(pod).ok(), agent.log());
            Eventually.holds(() -> agent.croft("status"), () -> agent.croft(words()).exit() == 0);
            agent.croft(words()).expectSuccess();
            assertEquals(List.of(), Place.list(bin));
        }
    }

    @Test
    void thePluginStaysWhileAnotherConfigurationNamesIt() throws IOException {
        try (var agent = new RealAgent(dir).start()) {
            Path other = conf.resolve("20-older.conflist");
            Files.copy(conf.resolve(NAME), other);
            Eventually.holds(
                    () -> agent.croft(words()),
                    () -> agent.croft(words()).err().contains("20-older"));
            assertFalse(Files.exists(conf.resolve(NAME)));
            assertTrue(Files.exists(bin.resolve("croft")));
            Files.delete(other);
            agent.croft(words()).expectSuccess();
            assertEquals(List.of(), Place.list(bin));
        }
    }

    @Test
    void withEtcdTheNodeLeavesItsCluster() {
        try (var place = EtcdPlace.one(dir)) {
            RealAgent stays = place.agent("stays").start();
            RealAgent leaves = place.agent("leaves").start();
            assertEquals(2, stays.list("node list").size());
            startRemover(leaves);
            awaitRemoved();
            assertEquals(1, stays.list("node list").size(), this::said);
            assertFalse(leaves.shim().add(Place.pod(dir, "late")).ok());
            place.croft("audit").expectSuccess();
        }
    }
}
