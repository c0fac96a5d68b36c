package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a runtime that asks for STATUS is told, and others meanwhile. */
final class StatusIT {
    private static final String POOL = "pool create pods 10.116.0.0/24 --mode routed --default";

    @TempDir private Path dir;

    private Pod pod;

    @BeforeEach
    void makePod() {
        pod = Place.pod(dir, "pod");
    }

    private Answer status(RealAgent agent) {
        return agent.shim().speaking("1.1.0").call("STATUS", pod);
    }

    private void expectServing(RealAgent agent) {
        Answer answer = status(agent);
        assertTrue(answer.ok(), answer::toString);
        assertEquals("", answer.outcome().out());
    }

    private void expectRefusal(RealAgent agent, int code, String words) {
        Answer answer = status(agent);
        assertEquals(code, answer.code(), answer::toString);
        assertTrue(answer.message().contains(words), answer::message);
    }

    @Test
    void aRestartOfTheAgentIsNoOutage() {
        try (var agent = new RealAgent(dir).start()) {
            expectServing(agent);
            agent.kill();
            expectServing(agent);
            agent.spawn();
            expectServing(agent);
            agent.awaitReady();
            expectServing(agent);
            agent.stop();
            expectServing(agent);
            agent.start();
            expectServing(agent);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void withoutASignOfHealthTheNodeIsNotReady() throws IOException {
        try (var agent = new RealAgent(dir).start()) {
            agent.kill();
            Files.delete(agent.run().resolve("healthy"));
            expectRefusal(agent, 50, "nobody listens on " + agent.socket());
            Files.delete(agent.socket());
            expectRefusal(agent, 50, "there is no socket " + agent.socket());
            Files.createFile(agent.socket());
            expectRefusal(agent, 50, agent.socket() + " is not a socket");
            assertTrue(agent.shim().del(pod).ok(), "a pod can be deleted all the same");
            assertEquals(1, Place.spool(agent).size());
            Answer add = agent.shim().add(pod);
            assertEquals(11, add.code(), add::toString);
            assertTrue(add.message().contains("is not a socket"), add::message);
        }
    }

    @Test
    void aSocketThatBelongsToSomebodyElseIsNotTrusted() {
        try (var agent = new RealAgent(dir).start()) {
            agent.croft(POOL).expectSuccess();
            own(agent, "65534");
            expectRefusal(agent, 103, "AGENT_UNTRUSTED");
            Answer add = agent.shim().add(pod);
            assertEquals(103, add.code(), add::toString);
            assertTrue(add.message().contains("65534"), add::message);
            own(agent, "0");
            assertEquals(0, agent.list("ip list").size());
            expectServing(agent);
            assertTrue(agent.shim().add(pod).ok());
        }
    }

    private static void own(RealAgent agent, String user) {
        Program.run("chown", user, agent.socket().toString()).expectSuccess();
    }
}
