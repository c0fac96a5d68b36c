package io.croft.adapter.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.file.NioDisk;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.RejectedException;
import io.croft.node.membership.Leaving;
import io.croft.node.port.ClusterDirectory.Member;
import io.croft.node.port.Install;
import io.croft.node.port.Mirror;
import io.croft.node.port.Registrant;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store of one node says of its nodes. */
final class SingleNodeTest {
    private static final UUID FORMER = new UUID(1, 1);
    private static final UUID RUNNING = new UUID(1, 2);

    @TempDir private Path dir;

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Install install(UUID id) {
        return new Install(id, "n1", "hw", "m", new UUID(2, 1), 1, new UUID(3, 1), "1.0");
    }

    private static List<Boolean> live(List<Member> members) {
        return members.stream().map(Member::live).toList();
    }

    @Test
    void showsTheRunningNodeAsLiveAndCurrent() {
        try (var store = StoreMaker.open(new NioDisk(), dir, false)) {
            done(store.register(install(FORMER), 0));
        }
        try (var store = StoreMaker.open(new NioDisk(), dir, false)) {
            var node = new SingleNode(store);
            assertEquals(List.of(false), live(done(node.membersOf("n1"))), "nobody registered");
            done(store.register(install(RUNNING), 0));
            List<Member> all = done(node.members(new UUID(0, 0), 9));
            assertEquals(List.of(false, true), live(all));
            assertTrue(all.getLast().current());
            assertEquals(List.of(false, true), live(done(node.membersOf("n1"))));
        }
    }

    @Test
    void answersForItsAddressesFromTheNodesLatestCopy() {
        try (var store = StoreMaker.open(new NioDisk(), dir, false)) {
            var node = new SingleNode(store);
            assertEquals(Optional.empty(), done(node.copyOf(RUNNING)));
            var line = new Mirror.Line("10.1.0.2", "pods", "web", "p", "c");
            var copy = new Mirror.Copy("n1", Instant.EPOCH, List.of(line), 0);
            done(node.write(new Registrant(RUNNING, "n1", 1, 1), copy));
            assertEquals(Optional.of(copy), done(node.copyOf(RUNNING)));
        }
    }

    @Test
    void letsNobodyLeave() {
        try (var store = StoreMaker.open(new NioDisk(), dir, false)) {
            var node = new SingleNode(store);
            assertTrue(node.cannotLeave().orElseThrow().remedy().contains("stop its agent"));
            TestNode running = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
            var leaving = new Leaving(node, running.loop(), running.registration(), () -> 0.0);
            assertTrue(leaving.begin().toCompletableFuture().isCompletedExceptionally());
            assertFalse(leaving.isUnderway());
            var left = node.leave(new Registrant(RUNNING, "n1", 1, 1));
            var failed = assertThrows(CompletionException.class, () -> done(left));
            assertInstanceOf(RejectedException.class, failed.getCause());
        }
    }
}
