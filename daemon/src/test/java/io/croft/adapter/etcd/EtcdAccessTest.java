package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EtcdAccessTest {
    private static final Resolver HOST = new Resolver(List.of("corp.example"));

    private static final Resolver POD =
            new Resolver(List.of("kube-system.svc.k8s.example", "svc.k8s.example", "k8s.example"));

    @TempDir private Path folder;

    private static Rejection refusal(Executable action) {
        Rejection why = assertThrows(RejectedException.class, action).rejection();
        assertEquals(Reason.INVALID_FIELD, why.reason());
        return why;
    }

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.1:2379, http://10.0.0.1:2379",
        "https://etcd-1.corp:2379/, https://etcd-1.corp:2379",
        "https://[fd00::1]:2379, https://[fd00::1]:2379",
        "http://ETCD.Corp.:1, http://etcd.corp:1",
        "http://localhost:65535, http://localhost:65535",
        "http://etcd:2379, http://etcd:2379",
        "http://etcd_1.svc.corp:2379, http://etcd_1.svc.corp:2379",
    })
    void readsEndpoints(String written, String shown) {
        assertEquals(shown, EtcdEndpoint.list(written, HOST).getFirst().toString());
    }

    @Test
    void readsSeveral() {
        assertEquals(
                List.of(
                        new EtcdEndpoint(false, "10.0.0.1", 2379),
                        new EtcdEndpoint(false, "fd00::1", 2380)),
                EtcdEndpoint.list("http://10.0.0.1:2379, http://[fd00::1]:2380", HOST));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://10.0.0.1:2379,",
                "10.0.0.1:2379",
                "etcd",
                "http://10.0.0.1",
                "http://10.0.0.1:0",
                "http://10.0.0.1:65536",
                "http://10.0.0.1:99999999999",
                "http://10.1:2379",
                "http://010.0.0.1:2379",
                "http://10.0.0.256:2379",
                "http://fd00::1:2379",
                "http://[10.0.0.1]:2379",
                "http://[fd00::1%eth0]:2379",
                "http://[]:2379",
                "http://:2379",
                "http://user@host:2379",
                "http://host:2379/path",
                "http://host:2379?x=y",
                "unix://host:2379",
                "http://-host:2379",
                "http://a..b:2379",
                "http://höst:2379",
                "http://10.0.0.1:2379,http://10.0.0.1:2379",
            })
    void refusesWhatIsNoEndpoint(String written) {
        Rejection why = refusal(() -> EtcdEndpoint.list(written, HOST));
        assertEquals("store", why.facts().get("field"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "etcd.kube-system.svc",
                "etcd.kube-system.svc.cluster.local",
                "ETCD.kube-system.svc.cluster.local.",
                "etcd.cluster.local",
            })
    void refusesNamesOfTheClustersOwnDns(String name) {
        Rejection why = refusal(() -> EtcdEndpoint.list("http://" + name + ":2379", HOST));
        assertTrue(why.message().contains(name), why.message());
        assertTrue(why.remedy().contains("IP address"), why.remedy());
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd", "etcd.kube-system", "etcd.example.com"})
    void refusesEveryNameWhereTheClustersDnsIsAsked(String name) {
        Rejection why = refusal(() -> EtcdEndpoint.list("http://" + name + ":2379", POD));
        assertTrue(why.message().contains("dnsPolicy"), why.message());
    }

    @Test
    void takesAddressesWhereTheClustersDnsIsAsked() {
        assertEquals(
                2, EtcdEndpoint.list("http://10.0.0.1:2379,http://localhost:2379", POD).size());
    }

    @Test
    void readsTheSearchPathThatCounts() throws IOException {
        Path file = folder.resolve("resolv.conf");
        Files.writeString(
                file,
                """
                # search svc.no
                search old.example
                nameserver 10.96.0.10
                search  kube-system.svc.cluster.local svc.cluster.local
                options ndots:5
                """);
        assertEquals(
                List.of("kube-system.svc.cluster.local", "svc.cluster.local"),
                Resolver.read(file).search());
        assertEquals(List.of(), Resolver.read(folder.resolve("none")).search());
    }

    @Test
    void wantsOneScheme() {
        Rejection why =
                refusal(() ->
                        EtcdAccess.of(
                                "http://10.0.0.1:2379,https://10.0.0.2:2379",
                                EtcdAccess.Tls.USUAL,
                                Optional.empty()));
        assertTrue(why.message().contains("https://10.0.0.2:2379"), why.message());
    }

    @Test
    void wantsCertificateAndKeyTogether() {
        Optional<Path> file = Optional.of(Path.of("/x.pem"));
        Optional<Path> none = Optional.empty();
        Rejection noKey = refusal(() -> new EtcdAccess.Tls(none, file, none, Optional.empty()));
        assertEquals("store-cert", noKey.facts().get("field"));
        assertTrue(noKey.remedy().contains("--store-key"), noKey.remedy());
        Rejection noCertificate =
                refusal(() -> new EtcdAccess.Tls(none, none, file, Optional.empty()));
        assertEquals("store-key", noCertificate.facts().get("field"));
    }

    @Test
    void wantsHttpsWhereThereAreFilesForIt() {
        var tls =
                new EtcdAccess.Tls(
                        Optional.of(Path.of("/ca.pem")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        Rejection why = refusal(() -> EtcdAccess.of("http://10.0.0.1:2379", tls, Optional.empty()));
        assertTrue(why.remedy().contains("https://"), why.remedy());
    }

    @Test
    void looksAtItsFilesWhenAsked() throws IOException {
        Path file = folder.resolve("ca.pem");
        var tls =
                new EtcdAccess.Tls(
                        Optional.of(file), Optional.empty(), Optional.empty(), Optional.empty());
        EtcdAccess access = EtcdAccess.of("https://10.0.0.1:2379", tls, Optional.empty());
        assertTrue(refusal(access::check).message().contains("no such file"));
        Files.writeString(file, "no certificate");
        Rejection why = refusal(access::check);
        assertEquals("store-ca", why.facts().get("field"));
        assertEquals(file.toString(), why.facts().get("value"));
    }

    @Test
    void looksAtThePasswordWhenAsked() {
        Path file = folder.resolve("password");
        var user = new EtcdAccess.User("croft", file);
        EtcdAccess access =
                EtcdAccess.of("http://10.0.0.1:2379", EtcdAccess.Tls.USUAL, Optional.of(user));
        assertEquals("store-password-file", refusal(access::check).facts().get("field"));
    }
}
