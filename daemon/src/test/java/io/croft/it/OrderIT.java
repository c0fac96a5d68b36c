package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ADD and DEL of one attachment that meet, overtake each other, or lose their caller. */
final class OrderIT {
    private static final int DEAD_PARENTS = 100;
    private static final int PARENTS_OF_A_STOPPED_AGENT = 10;

    /** A little longer than an ADD takes on a quiet machine, in microseconds. */
    private static final int LONGEST_LIFE = 12_000;

    /** A main plugin that delegates and waits, as all do. */
    private static final List<String> PARENT = List.of("sh", "-c", "\"$0\"; exit $?");

    /** Numbers of poll and ppoll on x86-64, as /proc/PID/syscall shows them. */
    private static final Pattern POLL = Pattern.compile("(7|271) ");

    private static final Seed SEED = Seed.ofThisRun();

    @TempDir private Path dir;

    private RealAgent agent;

    @BeforeEach
    void start() {
        agent = new RealAgent(dir).start();
        agent.croft("pool create pods 10.95.0.0/22 --default --block-size 24 --cooldown 30s")
                .expectSuccess();
    }

    @AfterEach
    void end() {
        agent.close();
    }

    @Test
    void aNewAddOfADeletedKeyIsAnOrdinaryOne() {
        Pod pod = Place.pod(dir, "restarted");
        List<String> before = agent.shim().add(pod).addresses();
        assertTrue(agent.shim().del(pod).ok());
        List<String> after = agent.shim().add(pod).addresses();
        assertNotEquals(before, after, "the first address rests");
        assertEquals(after, agent.shim().add(pod).addresses());
        assertTrue(agent.shim().del(pod).ok());
        assertTrue(agent.shim().del(pod).ok());
    }

    @Test
    void anAddThatBeganBeforeTheDelIsRefusedWhenItArrivesLater() {
        agent.kill();
        Pod pod = Place.pod(dir, "late");
        Program late = agent.shim().start(List.of(), "ADD", pod);
        awaitInPoll(late.pid());
        assertTrue(agent.shim().del(pod).ok());
        assertEquals(1, Place.spool(agent).size());
        agent.spawn();
        Answer answer = new Answer(late.await());
        assertEquals(105, answer.code(), answer::toString);
        assertTrue(answer.message().startsWith("DELETED_MEANWHILE: "), answer::message);
        agent.awaitReady();
        assertEquals(0, agent.list("ip list").size());
        assertTrue(agent.shim().add(pod).ok(), "a later one is served");
    }

    /** A shim takes its stamp first of all; in poll(2) it waits for the socket or the answer. */
    private static void awaitInPoll(long pid) {
        Eventually.holds(() -> "process " + pid, () -> isInPoll(pid));
    }

    private static boolean isInPoll(long pid) {
        try {
            return POLL.matcher(Files.readString(Path.of("/proc/" + pid + "/syscall"))).lookingAt();
        } catch (IOException gone) {
            return false;
        }
    }

    @Test
    void aKilledCallerLeavesNoAddressBehind() {
        SplittableRandom random = SEED.random();
        int delivered = 0;
        int refused = 0;
        List<Pod> deleted = new ArrayList<>();
        for (int i = 0; i < DEAD_PARENTS; i++) {
            Pod pod = Place.pod(dir, "orphan-" + i);
            Program parent = agent.shim().start(PARENT, "ADD", pod);
            LockSupport.parkNanos(random.nextInt(LONGEST_LIFE) * 1000L);
            boolean runtimeDeletes = random.nextBoolean();
            if (runtimeDeletes) {
                // As containerd does: the DEL begins while the orphan may still be under way.
                parent.shoot();
                assertTrue(agent.shim().del(pod).ok());
                deleted.add(pod);
            }
            Program.Outcome orphan = parent.kill();
            if (orphan.out().contains("\"ips\"")) {
                delivered++;
                assertTrue(agent.shim().del(pod).ok());
            } else if (!orphan.out().isEmpty()) {
                refused++;
            }
        }
        System.out.printf(
                "OrderIT: %d callers killed, %d results delivered before, %d orphans refused, %d met a DEL%n",
                DEAD_PARENTS, delivered, refused, deleted.size());
        assertTrue(delivered < DEAD_PARENTS, "no caller was killed in time");
        expectNothingHeld();
    }

    @Test
    void whatAKilledCallerAskedOfABusyAgentIsTakenBack() {
        List<Program> parents = new ArrayList<>();
        agent.signal("STOP");
        for (int i = 0; i < PARENTS_OF_A_STOPPED_AGENT; i++) {
            parents.add(agent.shim().start(PARENT, "ADD", Place.pod(dir, "sent-" + i)));
        }
        parents.forEach(parent -> awaitChildInPoll(parent.pid()));
        parents.forEach(parent -> parent.shoot());
        for (Program parent : parents) {
            assertFalse(parent.kill().out().contains("\"ips\""), "nobody would use it");
        }
        agent.signal("CONT");
        expectNothingHeld();
    }

    private static void awaitChildInPoll(long parent) {
        Eventually.holds(
                () -> "shim below " + parent,
                () ->
                        ProcessHandle.of(parent).stream()
                                .flatMap(ProcessHandle::children)
                                .anyMatch(child -> isInPoll(child.pid())));
    }

    private void expectNothingHeld() {
        Eventually.holds(() -> Place.spool(agent), () -> Place.spool(agent).isEmpty());
        Eventually.holds(
                () -> agent.list("ip list") + SEED.repeats(OrderIT.class),
                () -> agent.list("ip list").isEmpty());
    }
}
