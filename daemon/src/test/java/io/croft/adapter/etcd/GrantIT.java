package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdTool;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Users of a real etcd, of every version that is here, before and after it asks for them. */
@ParameterizedClass
@MethodSource("io.croft.testing.etcd.EtcdVersion#all")
final class GrantIT {
    private static final String MINE = "/croft/v1/prod/";

    private final RealEtcd etcd;
    private final EtcdTool root;
    @TempDir private Path dir;
    private Path password;
    private JetcdEtcd client;

    GrantIT(EtcdVersion version) {
        etcd = RealEtcd.start(EtcdSetup.one(version).with("--bcrypt-cost", "4"));
        root = etcd.tool();
        client = Clients.of(etcd.urls());
    }

    @BeforeEach
    void writePassword() throws IOException {
        password = file("password", "s3cret");
    }

    @AfterEach
    void end() {
        client.close();
        etcd.close();
    }

    private Path file(String name, String text) throws IOException {
        Path file = Files.writeString(dir.resolve(name), text + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private JetcdEtcd as(String user, Path file) {
        return Clients.of(
                EtcdAccess.of(
                        etcd.urls(),
                        EtcdAccess.Tls.USUAL,
                        Optional.of(new EtcdAccess.User(user, file))));
    }

    private void askForUsers() throws IOException {
        root.run("user", "add", "root:rootpw");
        root.run("user", "grant-role", "root", "root");
        root.run("auth", "enable");
        client.close();
        client = as("root", file("root", "rootpw"));
        root.as("root", "rootpw");
    }

    private List<String> grant(Optional<Path> file) {
        return Clients.await(client.grant("prod", "agent", file)).changes();
    }

    private static Change put(String key) {
        return new Change(List.of(), List.of(new Step.Put(key, "x")), List.of());
    }

    private void expectItsClusterAndNothingElse(Path file) {
        try (var agent = as("agent", file)) {
            assertTrue(Clients.await(agent.commit(put(MINE + "a"))).matched());
            for (String other : List.of("/croft/v1/prod", "/croft/v1/prod0", "/croft/v1/test/a")) {
                assertEquals(
                        Reason.STORE_DENIED,
                        Clients.refusal(agent.commit(put(other))).reason(),
                        other);
            }
            assertEquals(
                    Reason.STORE_DENIED,
                    Clients.refusal(agent.grant("prod", "other", Optional.empty())).reason());
        }
    }

    @Test
    void makesUserAndRoleOnceWhileAskedForByRoot() throws IOException {
        askForUsers();
        assertEquals(
                List.of(
                        "role croft-prod made",
                        "role croft-prod reads and writes " + MINE,
                        "user agent made",
                        "user agent has role croft-prod"),
                grant(Optional.of(password)));
        expectItsClusterAndNothingElse(password);
        assertEquals(List.of(), grant(Optional.of(password)));
    }

    @Test
    void preparesUsersBeforeEtcdAsksForThem() throws IOException {
        assertEquals(4, grant(Optional.of(password)).size());
        askForUsers();
        expectItsClusterAndNothingElse(password);
        assertEquals(List.of(), grant(Optional.of(password)));
    }

    @Test
    void mendsWhatSomebodyChanged() throws IOException {
        askForUsers();
        grant(Optional.of(password));
        root.run("role", "grant-permission", "--prefix=true", "croft-prod", "readwrite", "/croft/");
        root.run("role", "revoke-permission", "--prefix=true", "croft-prod", MINE);
        root.run("user", "revoke-role", "agent", "croft-prod");
        Path other = file("other", "another");
        assertEquals(
                List.of(
                        "permission for /croft/ taken from role croft-prod",
                        "role croft-prod reads and writes " + MINE,
                        "user agent has the password of the file",
                        "user agent has role croft-prod"),
                grant(Optional.of(other)));
        expectItsClusterAndNothingElse(other);
    }

    @Test
    void refusesAUserWhoMayDoMoreAndChangesNothing() {
        root.run("role", "add", "more");
        root.run("user", "add", "agent:x");
        root.run("user", "grant-role", "agent", "more");
        Rejection why = Clients.refusal(client.grant("prod", "agent", Optional.of(password)));
        assertEquals(Reason.INVALID_FIELD, why.reason());
        assertTrue(why.message().contains("has other roles: more"), why.message());
        assertEquals("more\n", root.run("role", "list"));
    }

    @Test
    void makesAUserWithoutAPassword() throws IOException {
        assertTrue(
                grant(Optional.empty())
                        .contains(
                                "user agent made without a password: only by the name in a certificate"));
        assertEquals(List.of(), grant(Optional.empty()));
        askForUsers();
        try (var agent = as("agent", password)) {
            Rejection why = Clients.refusal(agent.commit(put(MINE + "a")));
            assertTrue(why.message().contains("no password user"), why.message());
        }
        Rejection why = Clients.refusal(client.grant("prod", "agent", Optional.of(password)));
        assertEquals(Reason.INVALID_FIELD, why.reason(), why.message());
        assertTrue(why.message().contains("without a password"), why.message());
    }
}
