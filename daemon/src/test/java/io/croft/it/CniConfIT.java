package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runtime's directory of network configurations, beside a real agent. */
final class CniConfIT {
    private static final String NAME = "10-croft-bridge.conflist";

    @TempDir private Path dir;
    private Path conf;
    private Path ours;

    @BeforeEach
    void make() throws IOException {
        conf = Files.createDirectory(dir.resolve("net.d"));
        ours = Program.dist().resolve("etc/cni").resolve(NAME);
    }

    private RealAgent agent() {
        return new RealAgent(dir, "conf.log").with("cni-conf-dir", conf.toString());
    }

    private static boolean has(RealAgent agent, String condition) {
        return agent.croft("status").out().contains(condition);
    }

    @Test
    void theAgentsConflistIsThereWhenItServesAndStays() throws IOException {
        try (var agent = agent().with("cni-conflist", ours.toString()).start()) {
            Path there = conf.resolve(NAME);
            Eventually.holds(agent::log, () -> Files.exists(there));
            assertEquals(Files.readString(ours), Files.readString(there));
            agent.stop();
            assertTrue(Files.exists(there));
        }
    }

    @Test
    void anAgentThatWaitsForTheLockWritesNothing() throws IOException {
        try (var serves = new RealAgent(dir).start();
                var waits =
                        agent().with("cni-conflist", ours.toString()).withFlag("wait-for-lock")) {
            waits.spawn().awaitLog(" waiting ");
            assertEquals(List.of(), Place.list(conf));
            serves.stop();
            Eventually.holds(waits::log, () -> Files.exists(conf.resolve(NAME)));
        }
    }

    @Test
    void whatKeepsPodsFromCroftIsInStatusAndLog() throws IOException {
        Files.copy(ours, conf.resolve(NAME));
        Files.writeString(conf.resolve("05-other.conflist"), "{}");
        try (var agent = agent().start()) {
            Eventually.holds(agent::log, () -> has(agent, "CNI_CONF_FOREIGN"));
            assertTrue(agent.log().contains("CNI_CONF_FOREIGN: "), agent.log());
            assertFalse(has(agent, "CNI_CONF_MISSING"));
        }
    }

    @Test
    void aConflistWithoutCroftIsRefusedAtTheStart() throws IOException {
        Path wrong = Files.writeString(dir.resolve("10-x.conflist"), "{\"name\":\"n\"}");
        try (var agent = agent().with("cni-conflist", wrong.toString()).spawn()) {
            assertEquals(1, agent.awaitEnd());
            assertTrue(
                    agent.log()
                            .contains(
                                    "CANNOT_START: cni-conflist \"%s\" (--cni-conflist): has no \"plugins\""
                                            .formatted(wrong)),
                    agent.log());
        }
    }
}
