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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ADD and DEL of one attachment that meet, overtake each other, or lose their caller. */
final class OrderIT {
    private static final int PAIRS = 8;

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
        Polling.await(late.pid());
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

    @Test
    void aDelBeforeItsAddFreesNothingOfIt() {
        Pod pod = Place.pod(dir, "early");
        assertTrue(agent.shim().del(pod).ok());
        List<String> given = agent.shim().add(pod).addresses();
        assertEquals(given, agent.shim().add(pod).addresses());
        assertTrue(agent.shim().del(pod).ok());
        expectNothingHeld();
    }

    @Test
    void aDelThatOvertakesOrFollowsItsAddLeavesNothing() {
        List<Program> calls = new ArrayList<>();
        agent.signal("STOP");
        for (int i = 0; i < PAIRS; i++) {
            Pod pod = Place.pod(dir, "pair-" + i);
            for (String verb : List.of("ADD", "DEL")) {
                Program call = agent.shim().start(List.of(), verb, pod);
                Polling.await(call.pid());
                calls.add(call);
            }
        }
        agent.signal("CONT");
        for (int i = 0; i < calls.size(); i += 2) {
            Answer added = new Answer(calls.get(i).await());
            assertTrue(added.ok() || added.code() == 105, added::toString);
            Answer deleted = new Answer(calls.get(i + 1).await());
            assertTrue(deleted.ok(), deleted::toString);
        }
        expectNothingHeld();
    }

    @Test
    void theSameAddFromTwoProcessesGivesOneAddress() {
        Pod pod = Place.pod(dir, "twins");
        agent.signal("STOP");
        List<Program> twins = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            twins.add(agent.shim().start(List.of(), "ADD", pod));
        }
        twins.forEach(twin -> Polling.await(twin.pid()));
        agent.signal("CONT");
        String first = twins.getFirst().await().expectSuccess();
        assertEquals(first, twins.getLast().await().expectSuccess());
        assertEquals(1, agent.list("ip list").size());
        assertTrue(agent.shim().del(pod).ok());
        expectNothingHeld();
    }

    @Test
    void aTwinThatIsTakenBackLeavesTheOthersAddress() {
        Pod pod = Place.pod(dir, "twins");
        agent.signal("STOP");
        Program orphan = agent.shim().start(Shim.PARENT, "ADD", pod);
        Polling.awaitBelow(orphan.pid());
        Program twin = agent.shim().start(List.of(), "ADD", pod);
        Polling.await(twin.pid());
        orphan.shoot();
        agent.signal("CONT");
        List<String> given = new Answer(twin.await()).addresses();
        assertFalse(orphan.await().out().contains("\"ips\""), "nobody would use it");
        Place.awaitEmptySpool(agent);
        assertEquals(given, agent.shim().add(pod).addresses());
        assertTrue(agent.shim().del(pod).ok());
        expectNothingHeld();
    }

    @Test
    void anAddWhoseSandboxVanishesMeanwhileIsTakenBack() throws IOException {
        Pod pod = Place.pod(dir, "gone");
        agent.signal("STOP");
        Program add = agent.shim().start(List.of(), "ADD", pod);
        Polling.await(add.pid());
        Files.delete(pod.netns());
        agent.signal("CONT");
        Answer answer = new Answer(add.await());
        assertEquals(105, answer.code(), answer::toString);
        assertTrue(answer.message().startsWith("NETNS_GONE: "), answer::message);
        expectNothingHeld();
        Answer again = agent.shim().add(pod);
        assertEquals(4, again.code(), again::toString);
        assertTrue(agent.shim().del(pod).ok(), "its runtime deletes it all the same");
    }

    private void expectNothingHeld() {
        Place.awaitEmptySpool(agent);
        Eventually.holds(() -> agent.list("ip list"), () -> agent.list("ip list").isEmpty());
    }
}
