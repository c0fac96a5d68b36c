package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state directory's disk is full: a tmpfs of a few megabytes. */
final class FullDiskIT {
    @TempDir private Path dir;

    private final List<Path> mounts = new ArrayList<>();

    @AfterEach
    void unmount() {
        mounts.forEach(each -> Program.run("umount", "-l", each.toString()));
    }

    private Path disk(String size) throws IOException {
        Path state = Files.createDirectory(dir.resolve("state"));
        Program.run("mount", "-t", "tmpfs", "-o", "mode=700,size=" + size, "tmpfs", state.toString())
                .expectSuccess();
        mounts.add(state);
        return state;
    }

    @Test
    void addsAreRefusedDelsGoOnAndSpaceHeals() throws IOException {
        Path state = disk("9m");
        try (var agent = new RealAgent(dir).start()) {
            agent.croft("pool create pods 10.93.0.0/20 --default --block-size 20").expectSuccess();
            Map<Pod, List<String>> acknowledged = new LinkedHashMap<>();
            for (int i = 0; i < 20; i++) {
                Pod pod = Place.pod(dir, "early-" + i);
                acknowledged.put(pod, agent.shim().add(pod).addresses());
            }
            // What the journal has preallocated would last for thousands of ADDs.
            useUp(agent);
            Answer refused = fill(agent, acknowledged);
            assertEquals(11, refused.code(), refused::toString);
            assertTrue(refused.message().startsWith("JOURNAL_FULL: "), refused::message);
            assertTrue(refused.message().contains("free space"), refused::message);
            assertTrue(agent.isAlive());
            assertEquals(4, agent.croft("status").exit());

            Pod leaving = acknowledged.keySet().iterator().next();
            acknowledged.remove(leaving);
            assertTrue(agent.shim().del(leaving).ok());
            assertTrue(agent.shim().del(Pod.of("unknown", dir)).ok());

            agent.kill().spawn();
            agent.awaitReady();
            acknowledged.forEach(
                    (pod, addresses) -> assertEquals(addresses, agent.shim().add(pod).addresses()));
            assertEquals(acknowledged.size(), agent.list("ip list").size());

            Files.delete(state.resolve("ballast"));
            Eventually.holds(
                    agent::log, () -> agent.shim().add(Place.pod(dir, "late")).ok());
            System.out.printf("FullDiskIT: %d acknowledged before, 0 lost%n", acknowledged.size());
        }
    }

    /** Leaves no room for another segment, and almost none in the journal's active one. */
    private void useUp(RealAgent agent) throws IOException {
        Path ballast = agent.state().resolve("ballast");
        try (var out = Files.newOutputStream(ballast, StandardOpenOption.CREATE)) {
            var chunk = new byte[4096];
            for (int i = 0; i < 4096; i++) {
                out.write(chunk);
            }
        } catch (IOException full) {
            assertTrue(String.valueOf(full.getMessage()).contains("No space"), full::toString);
        }
    }

    private Answer fill(RealAgent agent, Map<Pod, List<String>> acknowledged) {
        for (int i = 0; i < 20_000; i++) {
            Pod pod = Place.pod(dir, "fill-" + i);
            Answer answer = agent.shim().add(pod);
            if (!answer.ok()) {
                return answer;
            }
            acknowledged.put(pod, answer.addresses());
        }
        throw new AssertionError("the journal did not get full");
    }

    @Test
    void anAgentThatFindsNoRoomAtItsStartSaysSo() throws IOException {
        disk("1m");
        try (var agent = new RealAgent(dir).spawn()) {
            assertNotEquals(0, agent.awaitEnd());
            assertTrue(agent.log().contains(agent.state().toString()), agent::log);
            assertTrue(agent.log().toLowerCase(java.util.Locale.ROOT).contains("space"), agent::log);
        }
    }
}
