package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import io.croft.testing.etcd.Certificates;
import io.croft.testing.etcd.Certificates.Pair;
import io.croft.testing.etcd.EtcdMember;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdTool;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.ServerTls;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An agent at an etcd with TLS, client certificates and users, with no more rights than the page on
 * configuration gives it.
 */
final class EtcdSecuredIT {
    private static final String NAMES = "DNS:etcd.test,IP:127.0.0.1";
    private static final String NETWORK = "10.99.0.";

    @TempDir private Path dir;

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("io.croft.testing.etcd.EtcdVersion#all")
    void anAgentDoesAllWithARoleForItsPrefixAndOutlivesItsTokensAndCertificates(
            EtcdVersion version) {
        var ca = new Certificates(dir.resolve("ca"));
        Pair server = ca.sign("server", NAMES, 2);
        Pair client = ca.sign("agent", NAMES, 2);
        var tls = new ServerTls(server.certificate(), server.key(), ca.ca(), true);
        var setup =
                EtcdSetup.one(version)
                        .with(tls)
                        .with("--auth-token-ttl", "1", "--bcrypt-cost", "4");
        Path password = dir.resolve("password");
        Place.write(password, "wrong\n");
        Program.run("chmod", "600", password.toString()).expectSuccess();
        String flags =
                " --store-ca %s --store-cert %s --store-key %s --store-user croft --store-password-file %s"
                        .formatted(ca.ca(), client.certificate(), client.key(), password);
        try (var place = EtcdPlace.empty(dir, setup)) {
            EtcdTool tool = place.etcd().tool().with(ca.ca(), client.certificate(), client.key());
            tool.enableUsers("root", "croft", "right", "/croft/v1/it/");
            RealAgent agent =
                    place.agent("a")
                            .with("store-ca", ca.ca().toString())
                            .with("store-cert", client.certificate().toString())
                            .with("store-key", client.key().toString())
                            .with("store-user", "croft")
                            .with("store-password-file", password.toString())
                            .spawn();
            expectDenied(agent);
            Place.write(password, "right\n");
            Eventually.holds(agent::log, () -> place.croft("store init" + flags).exit() == 0);
            Eventually.holds(
                    agent::log,
                    () ->
                            place.croft("store init" + flags, "other")
                                    .err()
                                    .contains("STORE_DENIED"));
            Eventually.holds(
                    agent::log,
                    () ->
                            creates(
                                    agent,
                                    "pods %s0/24 --block-size 28 --default".formatted(NETWORK)));
            claim(agent, "first");
            assertTrue(agent.shim().del(Place.pod(dir, "first")).ok());
            claim(agent, "copied");
            expectPressureAndCopy(agent, tool.as("root", "root"));
            outliveATokenUnnoticed(place.etcd().member(0), agent);

            var next = new Certificates(dir.resolve("next"));
            server.becomes(next.sign("server", NAMES, 2));
            client.becomes(next.sign("agent", NAMES, 2));
            Place.copy(next.ca(), ca.ca());
            // It takes nothing of the former CA any more.
            place.etcd().killAll();
            place.etcd().startAll();
            claim(agent, "with-new-certificates");
            place.croft("audit" + flags).expectSuccess();
        }
    }

    private static void expectDenied(RealAgent agent) {
        Eventually.holds(
                () -> agent.croft("status") + agent.log(),
                () -> agent.croft("status").out().contains("STORE_DENIED"));
        String said = agent.croft("status").out();
        assertTrue(said.contains("user \"croft\""), said);
        assertTrue(said.contains("the password file or the role"), said);
        assertFalse(said.contains("wrong"), "no password is shown");
    }

    private static boolean creates(RealAgent agent, String pool) {
        return agent.croft("pool create " + pool + " --mode routed").exit() == 0;
    }

    /** An ADD of an address whose block nobody has. */
    private void claim(RealAgent agent, String container) {
        Eventually.holds(
                agent::log,
                () ->
                        Blocks.firstOf(
                                        Blocks.free(agent, NETWORK, 28),
                                        agent,
                                        Place.pod(dir, container))
                                .ok());
    }

    private void expectPressureAndCopy(RealAgent agent, EtcdTool root) {
        assertTrue(creates(agent, "few 10.99.1.0/31"));
        Shim few = agent.shim().withIpam("\"pools\":[\"few\"]");
        for (int pod = 0; pod < 2; pod++) {
            assertTrue(few.add(Place.pod(dir, "few-" + pod)).ok(), agent.log());
        }
        Answer none = few.add(Place.pod(dir, "none"));
        assertTrue(none.message().contains("POOL_EXHAUSTED"), none::toString);
        Eventually.holds(agent::log, () -> !keys(root, "pressure").isEmpty());
        // A copy is due at each start, and then once a minute.
        agent.kill().start();
        Eventually.holds(agent::log, () -> agent.list("ip list --cluster").size() == 3);
    }

    private static String keys(EtcdTool root, String kind) {
        return root.run("get", "--prefix", "--keys-only", "/croft/v1/it/%s/".formatted(kind));
    }

    private void outliveATokenUnnoticed(EtcdMember member, RealAgent agent) {
        long fetched = member.handled("Authenticate", "OK");
        // Its own sign of life meets a token that lapsed.
        Eventually.holds(
                () -> member.handled("Authenticate", "OK") + agent.log(),
                () -> member.handled("Authenticate", "OK") > fetched + 1);
        claim(agent, "another-token");
        assertFalse(agent.croft("status").out().contains("STORE_"), agent.log());
    }
}
