package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node of a cluster loses its journal under pods that live, and gets its blocks by a reboot. */
final class EtcdLostJournalIT {
    private static final int PODS = 3;

    @TempDir private Path dir;

    private final Set<String> given = new HashSet<>();

    @Test
    void blocksOfADeletedJournalRestUntilTheMachineBoots() {
        try (var place = EtcdPlace.one(dir)) {
            RealAgent agent = servePods(place);
            Place.remove(journal(agent));
            expectRestThenInheritance(agent);
            expectForgotten(place);
        }
    }

    @Test
    void blocksOfADamagedJournalRestUntilTheMachineBoots() throws IOException {
        try (var place = EtcdPlace.one(dir)) {
            RealAgent agent = servePods(place);
            for (Path file : Place.list(journal(agent))) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[100] ^= 0x10;
                Files.write(file, bytes);
            }
            expectRestThenInheritance(agent);
            assertTrue(agent.log().contains("journal.set-aside-"), agent.log());
            expectForgotten(place);
        }
    }

    private static Path journal(RealAgent agent) {
        return agent.state().resolve("journal");
    }

    /** With pods in one block, and stopped, so that no sign of life is waited for. */
    private RealAgent servePods(EtcdPlace place) {
        RealAgent agent = place.agent("a").start();
        agent.croft("pool create pods 10.98.1.0/24 --default --mode routed --block-size 28")
                .expectSuccess();
        for (int pod = 0; pod < PODS; pod++) {
            give(agent, "old-" + pod);
        }
        return agent.stop();
    }

    private void give(RealAgent agent, String container) {
        Eventually.holds(agent::log, () -> agent.shim().add(Place.pod(dir, container)).ok());
        List<String> addresses = agent.shim().add(Place.pod(dir, container)).addresses();
        assertTrue(given.addAll(addresses), () -> addresses + " was given twice: " + agent.log());
    }

    private void expectRestThenInheritance(RealAgent agent) {
        String former = given.iterator().next();
        String block = block(former);
        agent.start();
        for (int pod = 0; pod < 20; pod++) {
            give(agent, "new-" + pod);
        }
        assertEquals(PODS, given.stream().filter(each -> block(each).equals(block)).count());
        agent.stop().reboot().start();
        Eventually.holds(
                () -> agent.croft("block list").out() + agent.log(),
                () -> Blocks.firstOf(former + "/32", agent, Place.pod(dir, "heir")).ok());
    }

    /** The former install goes with its last block, and an audit has nothing to say. */
    private static void expectForgotten(EtcdPlace place) {
        Eventually.holds(() -> place.croft("audit"), () -> place.croft("audit").exit() == 0);
    }

    /** Of sixteen addresses. */
    private static String block(String address) {
        int end = address.lastIndexOf('.') + 1;
        return address.substring(0, end) + Integer.parseInt(address.substring(end)) / 16;
    }
}
