package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.grpc.UnixChannel;
import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.proto.v1.ReleaseRequest;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state directory's disk is full: a tmpfs of a few megabytes. */
final class FullDiskIT {
    /** Fewer than the agent takes at once. */
    private static final int BATCH = 50;

    private static final int BATCHES = 16;
    private static final int MOST_ROUNDS = 100;

    @TempDir private Path dir;

    private final List<Path> mounts = new ArrayList<>();

    @AfterEach
    void unmount() {
        mounts.forEach(each -> Program.run("umount", "-l", each.toString()));
    }

    private Path disk(String size) throws IOException {
        Path state = Files.createDirectory(dir.resolve("state"));
        Program.run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "mode=700,size=" + size,
                        "tmpfs",
                        state.toString())
                .expectSuccess();
        mounts.add(state);
        return state;
    }

    @Test
    void addsAreRefusedDelsGoOnAndSpaceHeals() throws IOException {
        Path ballast = disk("10m").resolve("ballast");
        // Room for the store and one of the journal's segments of 4 MiB, not for another.
        Files.write(ballast, new byte[5 << 20]);
        try (var agent = new RealAgent(dir).start()) {
            agent.croft("pool create pods 10.93.0.0/20 --default --block-size 20").expectSuccess();
            Map<Pod, Answer> acknowledged = new LinkedHashMap<>();
            Answer refused = addUntilRefused(agent, acknowledged);
            assertEquals(11, refused.code(), refused::toString);
            assertTrue(refused.message().startsWith("JOURNAL_FULL: "), refused::message);
            assertTrue(refused.message().contains("free space"), refused::message);
            assertTrue(agent.isAlive());
            assertEquals(4, agent.croft("status").exit(), "not serving, for now");

            fill(ballast);
            Pod leaving = acknowledged.keySet().iterator().next();
            acknowledged.remove(leaving);
            assertTrue(agent.shim().del(leaving).ok());
            assertTrue(agent.shim().del(Pod.of("unknown", dir)).ok());
            var pool = agent.croft("pool create late 10.94.0.0/24");
            assertNotEquals(0, pool.exit(), pool::toString);

            agent.kill().start();
            expectHeld(agent, acknowledged);
            Files.delete(ballast);
            Eventually.holds(agent::log, () -> agent.shim().add(Place.pod(dir, "late")).ok());
            assertTrue(agent.shim().del(Place.pod(dir, "late")).ok());
            expectHeld(agent, acknowledged);
            acknowledged.forEach((pod, answer) ->
                    assertEquals(answer.addresses(), agent.shim().add(pod).addresses()));
            System.out.printf("FullDiskIT: %d acknowledged, 0 lost%n", acknowledged.size());
        }
    }

    private static void expectHeld(RealAgent agent, Map<Pod, Answer> acknowledged) {
        acknowledged.forEach((pod, answer) -> {
            Answer check = agent.shim().check(pod, answer);
            assertTrue(check.ok(), check::toString);
        });
        assertEquals(acknowledged.size(), agent.list("ip list").size());
    }

    /**
     * Between the ADDs the journal is filled with DELs of pods that nobody knows, until an ADD
     * fails.
     */
    private Answer addUntilRefused(RealAgent agent, Map<Pod, Answer> acknowledged) {
        try (var client = new UnixChannel(agent.socket())) {
            var ipam = IpamServiceGrpc.newFutureStub(client.channel());
            for (int round = 0; round < MOST_ROUNDS; round++) {
                Pod pod = Place.pod(dir, "pod-" + round);
                Answer answer = agent.shim().add(pod);
                if (!answer.ok()) {
                    return answer;
                }
                acknowledged.put(pod, answer);
                for (int batch = 0; batch < BATCHES; batch++) {
                    releaseUnknown(ipam, round * BATCHES + batch);
                }
            }
        }
        throw new AssertionError("the journal did not get full");
    }

    private static void releaseUnknown(IpamServiceGrpc.IpamServiceFutureStub ipam, int batch) {
        List<Future<?>> answers = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            var attachment =
                    Attachment.newBuilder()
                            .setNetwork("net")
                            .setContainerId("%0128d".formatted(batch * BATCH + i))
                            .setInterfaceName("eth0");
            answers.add(
                    ipam.release(ReleaseRequest.newBuilder().setAttachment(attachment).build()));
        }
        for (Future<?> answer : answers) {
            try {
                var _ = answer.get(1, TimeUnit.MINUTES);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("a DEL failed", e);
            }
        }
    }

    private static void fill(Path ballast) throws IOException {
        try (var out = Files.newOutputStream(ballast, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException full) {
            assertTrue(String.valueOf(full.getMessage()).contains("No space"), full::toString);
        }
    }

    @Test
    void anAgentThatFindsNoRoomAtItsStartSaysSo() throws IOException {
        disk("1m");
        try (var agent = new RealAgent(dir).spawn()) {
            assertNotEquals(0, agent.awaitEnd());
            assertTrue(agent.log().contains(agent.state().toString()), agent::log);
            assertTrue(agent.log().toLowerCase(Locale.ROOT).contains("space"), agent::log);
        }
    }
}
