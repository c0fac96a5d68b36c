package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonParser;
import io.croft.adapter.etcd.EtcdAccess;
import io.croft.adapter.etcd.JetcdEtcd;
import io.croft.it.Shim.Answer;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** etcd is put back from a snapshot that is older than what nodes own. */
final class EtcdRestoreIT {
    @TempDir private Path dir;

    private final Set<String> given = new HashSet<>();

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void nothingIsClaimedUntilTheOperatorSaidWhoIsMissing() {
        restoreAndUnfreeze(EtcdVersion.DEBIAN, false);
    }

    /** A revision that leaps hides from watchers that the store went back, not from Croft. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aBumpedRevisionHidesNothing() {
        EtcdVersion newest = EtcdVersion.newest();
        assumeTrue(!newest.equals(EtcdVersion.DEBIAN), "needs etcd 3.6 or later");
        restoreAndUnfreeze(newest, true);
    }

    private void restoreAndUnfreeze(EtcdVersion version, boolean bumped) {
        try (var place = EtcdPlace.made(dir, EtcdSetup.one(version))) {
            RealAgent early = place.agent("early").start();
            RealAgent missing = place.agent("missing").start();
            early.croft("pool create pods 10.92.0.0/24 --mode routed --block-size 28 --default")
                    .expectSuccess();
            give(early, "early");
            give(missing, "missing");
            Path snapshot = place.etcd().tool().snapshot(dir.resolve("snapshot"));

            RealAgent late = place.agent("late").start();
            give(late, "late");
            String unknown = Blocks.free(early, "10.92.0.", 28);
            assertTrue(claim(early, unknown, "of-a-block-that-the-backup-does-not-know").ok());
            missing.kill();

            // The same token, so that even the cluster id is as before.
            place.etcd().restore(snapshot, "first", bumped);
            Eventually.holds(early::log, () -> isFrozen(place));
            give(early, "early-while-frozen");
            give(late, "late-while-frozen");
            String free = Blocks.free(early, "10.92.0.", 28);
            assertFalse(claim(late, free, "while-frozen").ok(), "a frozen store gives nothing");

            // The living say by themselves what they own; the others' fate only an operator knows.
            Eventually.holds(
                    () -> unfreeze(place, "").err() + late.log(),
                    () -> !missingInstalls(place).contains("late"));
            Program.Outcome refused = unfreeze(place, "");
            assertFalse(refused.exit() == 0, refused::toString);
            assertTrue((refused.out() + refused.err()).contains("missing"), refused::toString);
            // Its sign of life came back with the backup: nobody's word counts until it lapses.
            Eventually.holds(
                    () -> unfreeze(place, "--off missing").err(),
                    () -> !unfreeze(place, "--off missing").err().contains("NODE_LIVE"));
            assertFalse(isFrozen(place), () -> unfreeze(place, "--off missing").err());
            // Not the one from before: that may be early's, which had not spoken for it then.
            Eventually.holds(
                    late::log,
                    () -> claim(late, Blocks.free(late, "10.92.0.", 28), "after-unfreeze").ok());
            give(early, "early-after");
            expectEachBlockOnce(early, unknown);
            place.croft("audit").expectSuccess();
        }
    }

    /** All were away when it happened, and the new log has come further than the mark since. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anAgentNoticesByWhatItRemembersOverItsRestart() {
        try (var place = EtcdPlace.one(dir);
                var etcd =
                        new JetcdEtcd(
                                EtcdAccess.of(
                                        place.etcd().urls(),
                                        EtcdAccess.Tls.USUAL,
                                        Optional.empty()),
                                () -> 0.0)) {
            etcd.start();
            RealAgent old = place.agent("old").start();
            old.croft("pool create pods 10.92.0.0/24 --mode routed --block-size 28 --default")
                    .expectSuccess();
            give(old, "pod");
            Path snapshot = place.etcd().tool().snapshot(dir.resolve("snapshot"));
            lengthen(etcd, 400);
            old.kill().start();
            long index = 400;
            Eventually.holds(old::log, () -> position(old).orElse(0L) > index);
            old.kill();

            place.etcd().restore(snapshot, "first", false);
            Eventually.holds(() -> "no answer", () -> lengthen(etcd, 200));
            // Who remembers nothing sees nothing.
            RealAgent newcomer = place.agent("newcomer").start();
            newcomer.awaitLog("ready");
            assertFalse(isFrozen(place), newcomer.log());
            old.start();
            Eventually.holds(old::log, () -> isFrozen(place));
        }
    }

    private static boolean lengthen(JetcdEtcd etcd, int entries) {
        try {
            for (int i = 0; i < entries; i++) {
                var _ = etcd.grant(Duration.ofMinutes(5)).toCompletableFuture().join();
            }
            return true;
        } catch (CompletionException noAnswer) {
            return false;
        }
    }

    /** The index of etcd's log that the agent wrote down. */
    private static Optional<Long> position(RealAgent agent) {
        try {
            return Optional.of(Files.readString(agent.state().resolve("position")))
                    .map(line -> Long.parseLong(line.split(" ", 8)[5]));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    private void give(RealAgent agent, String container) {
        Answer answer = agent.shim().add(Place.pod(dir, container));
        assertTrue(answer.ok(), () -> answer + agent.log());
        assertTrue(given.addAll(answer.addresses()), () -> answer + " was given twice");
    }

    private Answer claim(RealAgent agent, String block, String container) {
        return Blocks.firstOf(block, agent, Place.pod(dir, container));
    }

    private static boolean isFrozen(EtcdPlace place) {
        return place.croft("store status -o json")
                .out()
                .replace(" ", "")
                .contains("\"frozen\":true");
    }

    /** As an operator who has just read the status. */
    private static Program.Outcome unfreeze(EtcdPlace place, String words) {
        String status = place.croft("store status -o json").out();
        String freeze =
                JsonParser.parseString(status).getAsJsonObject().get("freeze").getAsString();
        return place.croft(
                "store unfreeze --others-off --freeze %s %s".formatted(freeze, words).strip());
    }

    private static String missingInstalls(EtcdPlace place) {
        Program.Outcome outcome = unfreeze(place, "");
        return outcome.out() + outcome.err();
    }

    private static void expectEachBlockOnce(RealAgent agent, String unknown) {
        Set<String> blocks = Blocks.owned(agent);
        assertEquals(blocks.size(), agent.list("block list --cluster").size());
        assertTrue(blocks.contains(unknown), blocks::toString);
    }
}
