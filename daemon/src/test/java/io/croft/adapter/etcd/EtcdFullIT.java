package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.testing.Eventually;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a member says that is full, and one that was put back. */
final class EtcdFullIT {
    private static final String KEY = "/full/key";

    @ParameterizedTest
    @MethodSource("io.croft.testing.etcd.EtcdVersion#all")
    void saysThatTheQuotaIsUsedUpAndStillReads(EtcdVersion version) {
        var setup = EtcdSetup.one(version).with("--quota-backend-bytes", "4194304");
        try (var etcd = RealEtcd.start(setup);
                var client = Clients.of(etcd.urls())) {
            var put =
                    new Change(
                            List.of(),
                            List.of(new Step.Put(KEY, "x".repeat(1_000_000))),
                            List.of());
            Rejection why = Clients.untilRefused(() -> client.commit(put));
            assertEquals(Reason.STORE_FULL, why.reason());
            assertTrue(why.message().contains(etcd.urls()), why.message());
            Clients.await(client.commit(Change.read(new Step.Get(KEY))));
        }
    }

    @ParameterizedTest
    @MethodSource("io.croft.testing.etcd.EtcdVersion#all")
    void showsARestoreByTermAndIndexAndTellsOfTheLoss(EtcdVersion version, @TempDir Path folder) {
        try (var etcd = RealEtcd.start(EtcdSetup.one(version));
                var client = Clients.of(etcd.urls())) {
            var lost = new AtomicInteger();
            client.onLinkLost(lost::incrementAndGet);
            Change put = new Change(List.of(), List.of(new Step.Put(KEY, "x")), List.of());
            Clients.await(client.commit(put));
            Path snapshot = etcd.tool().snapshot(folder.resolve("snapshot"));
            for (int i = 0; i < 20; i++) {
                Clients.await(client.commit(put));
            }
            Etcd.Member before = Clients.await(client.members()).getFirst();
            etcd.restore(snapshot, "first", !version.name().equals("3.4"));
            Eventually.holds(lost::get, () -> lost.get() > 0);
            Clients.untilAnswered(() -> client.commit(Change.read(new Step.Get(KEY))));
            Etcd.Member after = Clients.await(client.members()).getFirst();
            assertEquals(before.header().cluster(), after.header().cluster());
            assertEquals(before.header().member(), after.header().member());
            assertTrue(after.index() < before.index(), "the log began again");
            etcd.restore(snapshot, "second", false);
            Clients.untilAnswered(() -> client.commit(Change.read(new Step.Get(KEY))));
            Etcd.Member renamed = Clients.await(client.members()).getFirst();
            assertTrue(renamed.header().cluster() != before.header().cluster());
        }
    }
}
