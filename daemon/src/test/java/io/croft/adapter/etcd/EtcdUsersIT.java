package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.testing.Eventually;
import io.croft.testing.etcd.EtcdMember;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A member with users, one of whom may touch the keys of one cluster only. */
@ParameterizedClass
@MethodSource("io.croft.testing.etcd.EtcdVersion#all")
final class EtcdUsersIT {
    private static final String MINE = "/croft/v1/prod/";
    private static final String OTHERS = "/croft/v1/test/";
    private static final String PASSWORD = "s3cret";

    private static @Nullable RealEtcd running;

    private final RealEtcd etcd;
    private final Path folder;

    private final EtcdVersion version;

    EtcdUsersIT(EtcdVersion version, @TempDir Path folder) {
        this.version = version;
        this.etcd = running(version);
        this.folder = folder;
    }

    /** One for all tests of that version. */
    private static RealEtcd running(EtcdVersion version) {
        RealEtcd before = running;
        if (before != null) {
            return before;
        }
        // Tokens live a second.
        RealEtcd started = RealEtcd.start(EtcdSetup.one(version).with("--auth-token-ttl", "1"));
        started.tool().enableUsers("root", "croft", PASSWORD, MINE);
        running = started;
        return started;
    }

    @AfterParameterizedClassInvocation
    static void end() {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    private Path file(String content, String permissions) {
        try {
            Path file = Files.createTempFile(folder, "password", "");
            Files.writeString(file, content);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JetcdEtcd client(Path passwordFile) {
        var user = new EtcdAccess.User("croft", passwordFile);
        return Clients.of(EtcdAccess.of(etcd.urls(), EtcdAccess.Tls.USUAL, Optional.of(user)));
    }

    private static Change put(String key) {
        return new Change(List.of(), List.of(new Step.Put(key, "x")), List.of());
    }

    private static void denied(Rejection why) {
        assertEquals(Reason.STORE_DENIED, why.reason());
        assertFalse(why.toString().contains(PASSWORD), "the password stays out of it");
    }

    @Test
    void doesAllThatAnAgentNeedsWithARoleForItsCluster() {
        try (var client = client(file(PASSWORD + "\n", "rw-------"))) {
            var hints = new AtomicInteger();
            client.watch(MINE, hints::incrementAndGet);
            Clients.await(client.commit(put(MINE + "a")));
            Clients.await(
                    client.commit(
                            Change.read(new Step.Range(MINE, MINE + "~", 0, Etcd.Form.VALUES))));
            long lease = Clients.await(client.grant(Duration.ofSeconds(45)));
            Clients.await(
                    client.commit(
                            new Change(
                                    List.of(),
                                    List.of(new Step.Put(MINE + "live", "", lease)),
                                    List.of())));
            assertTrue(Clients.await(client.renew(lease)));
            Clients.await(client.revoke(lease));
            assertEquals(1, Clients.await(client.members()).size());
            Eventually.holds(hints::get, () -> hints.get() > 0);
        }
    }

    @Test
    void namesTheUserWhoMayNotTouchOtherKeys() {
        try (var client = client(file(PASSWORD, "rw-------"))) {
            for (Change change : List.of(put(OTHERS + "a"), Change.read(new Step.Get(OTHERS)))) {
                Rejection why = Clients.refusal(client.commit(change));
                denied(why);
                assertTrue(why.message().contains("user \"croft\""), why.message());
                assertTrue(why.message().contains("permission denied"), why.message());
                assertTrue(why.message().contains(etcd.urls()), why.message());
            }
        }
    }

    @Test
    void namesTheUserWhosePasswordIsWrongAndTakesTheRightOne() throws IOException {
        Path file = file("wrong", "rw-------");
        try (var client = client(file)) {
            Rejection why = Clients.refusal(client.commit(put(MINE + "a")));
            denied(why);
            assertTrue(why.message().contains("user \"croft\""), why.message());
            Files.writeString(file, PASSWORD);
            Clients.untilAnswered(() -> client.commit(put(MINE + "a")));
        }
    }

    @Test
    void refusesAPasswordThatEverybodyMayRead() {
        Path file = file(PASSWORD, "rw-r--r--");
        try (var client = client(file)) {
            Rejection why = Clients.refusal(client.commit(put(MINE + "a")));
            denied(why);
            assertTrue(why.message().contains(file.toString()), why.message());
        }
    }

    @Test
    void saysThatAUserIsWanted() {
        try (var client = Clients.of(etcd.urls())) {
            Rejection why = Clients.refusal(client.commit(put(MINE + "a")));
            denied(why);
            assertTrue(why.message().contains("a client without a user"), why.message());
        }
    }

    @Test
    void fetchesANewTokenWhenTheOldOneLapsed() {
        assumeTrue(version.name().contains("3.4"), "a later etcd does not log that a token lapsed");
        EtcdMember member = etcd.member(0);
        try (var client = client(file(PASSWORD, "rw-------"))) {
            Clients.await(client.commit(put(MINE + "a")));
            long tokens = member.handled("Authenticate", "OK");
            // Tokens of other tests lapse too, and a use of this one renews it.
            while (member.handled("Authenticate", "OK") == tokens) {
                long lapsed = lapsedTokens();
                Eventually.holds(this::lapsedTokens, () -> lapsedTokens() > lapsed);
                Clients.await(client.commit(put(MINE + "a")));
            }
            assertEquals(tokens + 1, member.handled("Authenticate", "OK"));
        }
    }

    private long lapsedTokens() {
        try {
            return Files.readString(etcd.member(0).log())
                    .split("deleted a simple token", -1)
                    .length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void fetchesANewTokenFromAMemberThatStartedAnew() {
        try (var client = client(file(PASSWORD, "rw-------"))) {
            var hints = new AtomicInteger();
            client.watch(MINE, hints::incrementAndGet);
            Clients.await(client.commit(put(MINE + "a")));
            etcd.member(0).kill();
            etcd.startAll();
            int before = hints.get();
            Clients.untilAnswered(() -> client.commit(put(MINE + "a")));
            Eventually.holds(hints::get, () -> hints.get() > before);
        }
    }
}
