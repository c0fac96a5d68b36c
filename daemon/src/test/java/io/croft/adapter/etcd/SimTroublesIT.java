package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Rejection;
import io.croft.testing.Eventually;
import io.croft.testing.ManualClock;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What hinders a simulated etcd has the same answers as on a real one. */
final class SimTroublesIT {
    private final SimEtcd sim = new SimEtcd(new ManualClock());
    private final SimTroubles troubles = new SimTroubles(new ManualClock(), sim::loseLink);

    private static Step put(String key) {
        return new Step.Put(key, "x");
    }

    private static Step range(String from, String to) {
        return new Step.Range(from, to, 0, Form.VALUES);
    }

    private static Change change(Step... steps) {
        return Change.read(steps);
    }

    private static String outcome(CompletionStage<?> stage) {
        return Clients.failure(stage).map(Rejection::reason).map(Enum::name).orElse("done");
    }

    /** What becomes of each call, in their order. */
    private static List<String> outcomes(Etcd etcd, long lease, List<Change> changes) {
        var all = new ArrayList<String>();
        for (Change each : changes) {
            all.add(outcome(etcd.commit(each)));
        }
        all.add(outcome(etcd.grant(Duration.ofMinutes(5))));
        all.add(outcome(etcd.renew(lease)));
        all.add(outcome(etcd.revoke(lease)));
        all.add(outcome(etcd.member()));
        return all;
    }

    /** Granted in time, which a busy machine may miss at first. */
    private static long lease(Etcd etcd) {
        var tries = new ArrayList<CompletionStage<Long>>();
        Clients.untilAnswered(() -> {
            tries.add(etcd.grant(Duration.ofMinutes(5)));
            return tries.getLast();
        });
        return Clients.await(tries.getLast());
    }

    private static boolean isLed(Etcd etcd) {
        return etcd.member()
                .handle((member, failure) -> failure != null || member.leader() != 0)
                .toCompletableFuture()
                .join();
    }

    @ParameterizedTest
    @MethodSource("io.croft.testing.etcd.EtcdVersion#all")
    void deniesWhatARoleDoesNotReach(EtcdVersion version, @TempDir Path folder) throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "s3cret");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        List<Change> changes =
                List.of(
                        change(put("/mine/a")),
                        change(put("/other/a")),
                        change(put("/mine/b"), new Step.Get("/other/a")),
                        new Change(List.of(), List.of(put("/mine/c")), List.of(put("/other/a"))),
                        new Change(
                                List.of(Condition.missing("/other/a")),
                                List.of(put("/mine/d")),
                                List.of()),
                        change(range("/mine/", "/mine/z")),
                        change(range("/mine/", "/mine0")),
                        change(range("/mine/", "/n")),
                        change(range("/mine/", "\0")),
                        change(new Step.DeleteRange("/a", "/mine/z")),
                        change(range("/mine/", "/mine0")));
        try (var etcd = RealEtcd.start(EtcdSetup.one(version))) {
            etcd.tool().enableUsers("root", "croft", "s3cret", "/mine/");
            var user = new EtcdAccess.User("croft", password);
            var access = EtcdAccess.of(etcd.urls(), EtcdAccess.Tls.USUAL, Optional.of(user));
            try (var client = Clients.of(access)) {
                troubles.allowOnly("/mine/");
                Etcd simulated = troubles.before(sim);
                assertEquals(
                        outcomes(client, lease(client), changes),
                        outcomes(simulated, lease(simulated), changes));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.croft.testing.etcd.EtcdVersion#all")
    void answersNothingWithoutALeader(EtcdVersion version) {
        List<Change> changes = List.of(change(new Step.Get("/a")), change(put("/a")));
        try (var etcd = RealEtcd.start(EtcdSetup.three(version));
                var client = Clients.of(etcd.member(0).url())) {
            long lease = lease(client);
            etcd.member(1).kill();
            etcd.member(2).kill();
            Eventually.holds(() -> !isLed(client));
            Etcd simulated = troubles.before(sim);
            long other = lease(simulated);
            troubles.loseLeader();
            assertEquals(outcomes(client, lease, changes), outcomes(simulated, other, changes));
            assertEquals(0, Clients.await(simulated.member()).leader());
        }
    }
}
