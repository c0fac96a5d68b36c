package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call, and what lies where the sockets belong. */
final class SocketIT {
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");

    @TempDir private Path dir;

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void anAgentWhoseSocketOrLockIsTakenAwayEnds() throws IOException {
        for (String taken : List.of("run/cni.sock", "state/lock")) {
            Path each = Files.createDirectory(dir.resolve(taken.replace('/', '-')));
            try (var agent = new RealAgent(each).start()) {
                Place.remove(
                        taken.startsWith("run") ? agent.socket() : agent.state().resolve("lock"));
                assertNotEquals(0, agent.awaitEnd(), agent::log);
                assertTrue(agent.log().contains("taken away"), agent::log);
            }
        }
    }

    @Test
    void onlyTheOwnerMayReachTheSockets() throws IOException {
        try (var agent = new RealAgent(dir).start()) {
            assertEquals("rwx------", mode(agent.run()));
            assertEquals("rw-------", mode(agent.socket()));
            assertEquals("rw-------", mode(agent.run().resolve("admin.sock")));
            assertEquals("rwx------", mode(agent.state()));
            Answer answer = asNobody(agent, "CHECK");
            assertEquals(11, answer.code(), answer::toString);
        }
    }

    @Test
    void anotherUserWhoReachesTheSocketIsRefusedByTheKernelsWord() throws IOException {
        try (var agent = new RealAgent(dir).start()) {
            agent.croft("pool create pods 10.94.0.0/24 --default").expectSuccess();
            for (Path each : List.of(dir, agent.run())) {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            Files.setPosixFilePermissions(
                    agent.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
            Answer answer = asNobody(agent, "ADD");
            assertEquals(103, answer.code(), answer::toString);
            assertTrue(answer.message().contains("65534"), answer::message);
            assertEquals(0, agent.list("ip list").size());
            assertTrue(agent.shim().add(Place.pod(dir, "root")).ok());
        }
    }

    private Answer asNobody(RealAgent agent, String verb) {
        Pod pod = Place.pod(dir, "nobody");
        return new Answer(agent.shim().start(AS_NOBODY, verb, pod).await());
    }

    @Test
    void aStaleSocketIsReplaced() throws IOException {
        var agent = new RealAgent(dir);
        Files.createDirectory(agent.run());
        try (var stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(agent.socket()));
        }
        assertTrue(Files.exists(agent.socket()));
        try (agent) {
            agent.start();
            assertTrue(agent.status().get("serving").getAsBoolean());
            agent.stop();
            assertFalse(Files.exists(agent.socket()), "a stopped agent takes its sockets away");
        }
    }

    @Test
    void aFileInTheSocketsPlaceIsNotOverwritten() throws IOException {
        var agent = new RealAgent(dir);
        Files.createDirectory(agent.run());
        Files.writeString(agent.socket(), "somebody's");
        try (agent) {
            expectRefusal(agent);
            assertEquals("somebody's", Files.readString(agent.socket()));
        }
    }

    @Test
    void aDirectoryInTheSocketsPlaceIsRefused() throws IOException {
        var agent = new RealAgent(dir);
        Files.createDirectories(agent.socket());
        try (agent) {
            expectRefusal(agent);
        }
    }

    private static void expectRefusal(RealAgent agent) {
        assertNotEquals(0, agent.spawn().awaitEnd());
        String said = agent.log();
        assertTrue(said.contains("CANNOT_START"), said);
        assertTrue(said.contains(agent.socket().toString()), said);
        assertTrue(said.contains("not a socket"), said);
    }
}
