package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdTool;
import io.croft.testing.etcd.EtcdVersion;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** etcd has used up its quota under a running agent, and is put right. */
final class EtcdQuotaIT {
    @TempDir private Path dir;

    @ParameterizedTest
    @MethodSource("io.croft.testing.etcd.EtcdVersion#all")
    void aFullEtcdIsSaidAndPodsAreServedUntilItTakesClaimsAgain(EtcdVersion version) {
        var setup = EtcdSetup.one(version).with("--quota-backend-bytes", "4194304");
        try (var place = EtcdPlace.made(dir, setup)) {
            RealAgent agent = place.agent("a").start();
            agent.croft("pool create pods 10.98.0.0/24 --mode routed --block-size 28 --default")
                    .expectSuccess();
            assertTrue(agent.shim().add(Place.pod(dir, "before")).ok());
            EtcdTool tool = place.etcd().tool();
            tool.fill();

            Answer refused = claim(agent, "full");
            assertEquals(11, refused.code(), refused::toString);
            Eventually.holds(
                    () -> agent.croft("status") + agent.log(),
                    () -> agent.croft("status").out().contains("STORE_FULL"));
            Program.Outcome status = agent.croft("status");
            assertEquals(0, status.exit(), "it serves: " + status);
            assertTrue(status.out().contains("disarm"), status::toString);
            Answer own = agent.shim().add(Place.pod(dir, "own-block"));
            assertTrue(own.ok(), () -> own + agent.log());
            assertTrue(agent.shim().del(Place.pod(dir, "own-block")).ok());

            tool.compact();
            tool.run("defrag");
            tool.run("alarm", "disarm");
            Eventually.holds(agent::log, () -> claim(agent, "room-again").ok());
            Eventually.holds(
                    () -> agent.croft("status"),
                    () -> !agent.croft("status").out().contains("STORE_FULL"));
            place.croft("audit").expectSuccess();
        }
    }

    /** An ADD of an address whose block nobody has. */
    private Answer claim(RealAgent agent, String container) {
        return Blocks.firstOf(Blocks.free(agent, "10.98.0.", 28), agent, Place.pod(dir, container));
    }
}
