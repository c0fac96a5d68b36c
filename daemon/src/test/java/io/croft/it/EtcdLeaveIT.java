package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node leaves its cluster, with pods in real namespaces. */
final class EtcdLeaveIT {
    private static final int PODS = 4;

    @TempDir private Path dir;

    @Test
    void aNodeLeavesWhenItsPodsAreGoneAndJoinsAgainAtTheNextStart() {
        try (var namespaces = new Namespaces();
                var place = EtcdPlace.one(dir)) {
            RealAgent stays = place.agent("stays").start();
            RealAgent leaves = place.agent("leaves").start();
            stays.croft(
                            "pool create pods 10.97.0.0/24 --mode routed --block-size 31 --cooldown 30s --default")
                    .expectSuccess();
            assertTrue(stays.shim().add(Place.pod(dir, "stays")).ok());
            List<Pod> pods = Stream.of("a", "b", "c", "d").map(namespaces::pod).toList();
            pods.forEach(pod -> assertTrue(leaves.shim().add(pod).ok(), leaves.log()));

            Program.Outcome refused = leaves.croft("node leave");
            assertEquals(1, refused.exit(), refused::toString);
            assertTrue(refused.err().contains("NODE_NOT_EMPTY"), refused::toString);
            assertTrue(refused.err().contains("holds %d".formatted(PODS)), refused::toString);
            assertTrue(leaves.shim().add(pods.getFirst()).ok(), "it serves on");

            pods.forEach(pod -> assertTrue(leaves.shim().del(pod).ok(), leaves.log()));
            Pod last = pods.getLast();
            pods.stream().filter(pod -> !pod.equals(last)).forEach(namespaces::remove);
            // What rests in the other blocks cools; this one's former sandbox lives on.
            Eventually.holds(
                    () -> leaves.log() + leaves.croft("block list").out(),
                    () -> leave(leaves).exit() == 4 && Blocks.owned(stays, "leaves").size() == 1);
            namespaces.remove(last);
            Eventually.holds(() -> leaves.log() + leave(leaves), () -> leave(leaves).exit() == 0);

            assertFalse(leaves.shim().add(namespaces.pod("late")).ok(), "it gives nothing more");
            expectGone(place, stays, leaves);
            leaves.stop().start();
            Eventually.holds(leaves::log, () -> leaves.shim().add(namespaces.pod("again")).ok());
            assertTrue(nodes(stays).contains("leaves"));
            place.croft("audit").expectSuccess();
        }
    }

    private static Program.Outcome leave(RealAgent agent) {
        return agent.croft("node leave --wait 2s");
    }

    private static void expectGone(EtcdPlace place, RealAgent stays, RealAgent leaves) {
        assertEquals(Set.of(), Blocks.owned(stays, "leaves"));
        assertEquals(Set.of("stays"), nodes(stays));
        Program.Outcome audit = place.croft("audit");
        assertEquals(0, audit.exit(), audit::toString);
        Program.Outcome status = leaves.croft("status");
        assertEquals(4, status.exit(), status::toString);
        assertTrue(status.out().contains("this node left the cluster"), status::toString);
    }

    private static Set<String> nodes(RealAgent agent) {
        return agent.list("node list").asList().stream()
                .map(node -> node.getAsJsonObject().get("name").getAsString())
                .collect(Collectors.toSet());
    }
}
