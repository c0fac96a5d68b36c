package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.testing.etcd.Certificates;
import io.croft.testing.etcd.Certificates.Pair;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import io.croft.testing.etcd.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A member that shows a certificate and wants one; it reads its files anew for each connection. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EtcdTlsIT {
    private static final Change READ = Change.read(new Step.Get("/tls/key"));
    private static final String HERE = "DNS:etcd.test,IP:127.0.0.1";

    private final Path folder;
    private final Certificates ca;
    private final Pair server;
    private final RealEtcd etcd;

    EtcdTlsIT(@TempDir Path folder) {
        this.folder = folder;
        this.ca = new Certificates(folder.resolve("ca"));
        this.server = ca.sign("server", HERE, 2);
        this.etcd =
                RealEtcd.start(
                        EtcdSetup.one(EtcdVersion.newest())
                                .with(
                                        new ServerTls(
                                                server.certificate(),
                                                server.key(),
                                                ca.ca(),
                                                true)));
    }

    @AfterAll
    void end() {
        etcd.close();
    }

    private static EtcdAccess.Tls tls(Path ca, Pair client, String... serverName) {
        return new EtcdAccess.Tls(
                Optional.of(ca),
                Optional.of(client.certificate()),
                Optional.of(client.key()),
                Optional.of(serverName).filter(names -> names.length > 0).map(names -> names[0]));
    }

    private EtcdAccess access(EtcdAccess.Tls tls) {
        return EtcdAccess.of(etcd.urls(), tls, Optional.empty());
    }

    private static void answers(EtcdAccess access) {
        try (var client = Clients.of(access)) {
            Clients.await(client.commit(READ));
            assertEquals(1, Clients.await(client.members()).size());
        }
    }

    private static void refuses(EtcdAccess access, String... words) {
        try (var client = Clients.of(access)) {
            Rejection why = Clients.refusal(client.commit(READ));
            assertEquals(Reason.STORE_UNAVAILABLE, why.reason());
            for (String word : words) {
                assertTrue(why.message().contains(word), why.message());
            }
        }
    }

    @Test
    void speaksWithWhomTheCaSigned() {
        answers(access(tls(ca.ca(), ca.sign("client", HERE, 2))));
    }

    @Test
    void checksTheNameThatItIsTold() {
        Pair client = ca.sign("client", HERE, 2);
        answers(access(tls(ca.ca(), client, "etcd.test")));
        refuses(access(tls(ca.ca(), client, "other.test")), etcd.urls(), "other.test");
    }

    @Test
    void checksTheNameOfTheEndpoint() {
        String byName = etcd.urls().replace("127.0.0.1", "localhost");
        var tls = tls(ca.ca(), ca.sign("client", HERE, 2));
        refuses(EtcdAccess.of(byName, tls, Optional.empty()), byName, "localhost");
    }

    @Test
    void refusesAMemberOfAnotherCa() {
        var other = new Certificates(folder.resolve("other"));
        refuses(
                access(tls(other.ca(), ca.sign("client", HERE, 2))),
                etcd.urls(),
                "of a CA that is not trusted");
    }

    @Test
    void refusesAMemberWhoseCertificateExpired() throws IOException {
        Pair good = ca.sign("server", HERE, 2);
        server.becomes(ca.sign("server", HERE, -1));
        refuses(access(tls(ca.ca(), ca.sign("client", HERE, 2))), "has expired");
        server.becomes(good);
        answers(access(tls(ca.ca(), ca.sign("client", HERE, 2))));
    }

    @Test
    void namesItsOwnCertificateWhenThatExpiredAndTakesANewOne() {
        Pair client = ca.sign("client", HERE, -1);
        EtcdAccess access = access(tls(ca.ca(), client));
        try (var etcd = Clients.of(access)) {
            Rejection why = Clients.refusal(etcd.commit(READ));
            assertEquals(Reason.STORE_UNAVAILABLE, why.reason());
            assertTrue(why.message().contains(client.certificate().toString()), why.message());
            assertTrue(why.message().contains("expired at 20"), why.message());
            client.becomes(ca.sign("client", HERE, 2));
            Clients.untilAnswered(() -> etcd.commit(READ));
        }
    }

    @Test
    void trustsANewCaWithoutARestart() throws IOException {
        Path trusted = folder.resolve("trusted.pem");
        Files.copy(new Certificates(folder.resolve("before")).ca(), trusted);
        try (var client = Clients.of(access(tls(trusted, ca.sign("client", HERE, 2))))) {
            Clients.refusal(client.commit(READ));
            Files.write(trusted, Files.readAllBytes(ca.ca()));
            Clients.untilAnswered(() -> client.commit(READ));
        }
    }

    @Test
    void namesAFileThatIsMissing() {
        Pair client = ca.sign("client", HERE, 2);
        Path none = folder.resolve("none.pem");
        refuses(access(tls(none, client)), "store-ca", none.toString(), "no such file");
    }

    @Test
    void refusesToGoWithoutACertificateWhereOneIsWanted() {
        var without =
                new EtcdAccess.Tls(
                        Optional.of(ca.ca()), Optional.empty(), Optional.empty(), Optional.empty());
        refuses(access(without), etcd.urls());
    }

    @Test
    void saysThatAnEndpointSpeaksNoTls() {
        try (var plain = RealEtcd.start(EtcdSetup.one(EtcdVersion.newest()))) {
            String urls = plain.urls().replace("http:", "https:");
            refuses(
                    EtcdAccess.of(urls, tls(ca.ca(), ca.sign("client", HERE, 2)), Optional.empty()),
                    urls,
                    "http for https");
        }
    }

    @Test
    void saysThatAnEndpointSpeaksOnlyTls() {
        String urls = etcd.urls().replace("https:", "http:");
        refuses(
                EtcdAccess.of(urls, EtcdAccess.Tls.USUAL, Optional.empty()),
                urls,
                "http for https");
    }

    /** Who closes without having read all resets the connection, and the answer is lost. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void saysSoOfAnEndpointThatResetsAfter(int bytes) throws IOException {
        try (var endpoint = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> resetAll(endpoint, bytes));
            refuses(
                    EtcdAccess.of(
                            "http://127.0.0.1:" + endpoint.getLocalPort(),
                            EtcdAccess.Tls.USUAL,
                            Optional.empty()),
                    "http for https");
        }
    }

    private static void resetAll(ServerSocket endpoint, int bytes) {
        while (!endpoint.isClosed()) {
            try (Socket caller = endpoint.accept()) {
                caller.getInputStream().readNBytes(bytes);
                caller.setSoLinger(true, 0);
            } catch (IOException closed) {
                return;
            }
        }
    }
}
