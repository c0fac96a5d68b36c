package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What has to wait until a sign of life lapsed, which takes 45 s: one test, so that it is waited
 * for once.
 */
@Execution(ExecutionMode.CONCURRENT)
final class ZombieIT {
    private static final int PODS = 3;

    @TempDir private Path dir;

    /**
     * An agent is stopped by SIGSTOP and its node is reclaimed on an operator's mistaken word; a
     * machine is booted while there is no etcd. Then the first one goes on.
     */
    @Test
    void aReclaimedNodeThatComesBackGivesNothingAndABootedOneWaitsForItsFormerLife() {
        try (var place = EtcdPlace.one(dir)) {
            RealAgent zombie = place.agent("zombie").start();
            RealAgent heir = place.agent("heir").start();
            RealAgent booted = place.agent("booted").start();
            zombie.croft("pool create pods 10.93.0.0/24 --mode routed --block-size 28 --default")
                    .expectSuccess();
            List<String> taken = new ArrayList<>();
            for (int pod = 0; pod < PODS; pod++) {
                taken.addAll(zombie.shim().add(Place.pod(dir, "zombie-" + pod)).addresses());
            }
            Set<String> lost = blocks(zombie, true);
            Pod former = Place.pod(dir, "former");
            assertTrue(booted.shim().add(former).ok());

            zombie.signal("STOP");
            booted.kill();
            place.etcd().killAll();
            booted.reboot().spawn();
            // A shim waits as long as a runtime does.
            Answer early = booted.shim().add(Place.pod(dir, "too-early"));
            assertEquals(11, early.code(), () -> early + booted.log());
            expectNotServing(booted, "without etcd");
            place.etcd().startAll();
            Eventually.holds(heir::log, () -> reclaim(heir).err().contains("NODE_LIVE"));
            expectNotServing(booted, "its former life has not lapsed");

            Eventually.holds(heir::log, () -> reclaim(heir).exit() == 0);
            assertEquals(1, heir.croft("node reclaim nobody --confirm-powered-off").exit());
            Eventually.holds(booted::log, () -> booted.shim().add(Place.pod(dir, "booted")).ok());
            assertEquals(1, booted.list("ip list").size(), "the pods of the former boot are gone");

            Set<String> given = new HashSet<>();
            for (String address : taken) {
                Pod pod = Place.pod(dir, "heir-" + address);
                String ips = "\"runtimeConfig\":{\"ips\":[\"%s\"]}".formatted(address);
                Eventually.holds(
                        () -> heir.log() + heir.croft("block list --cluster").out(),
                        () -> heir.shim().withConf(ips).add(pod).ok());
                given.addAll(heir.shim().withConf(ips).add(pod).addresses());
            }
            assertEquals(Set.copyOf(taken), given);

            zombie.signal("CONT");
            Eventually.holds(zombie::log, () -> noneOf(lost, blocks(zombie, false)));
            for (int pod = 0; pod < 20; pod++) {
                Answer answer = zombie.shim().add(Place.pod(dir, "late-" + pod));
                if (answer.ok()) {
                    assertTrue(given.addAll(answer.addresses()), answer + zombie.log());
                }
            }
            // Its pods live on, and their runtime can check and end them.
            assertTrue(zombie.shim().del(Place.pod(dir, "zombie-0")).ok());
            Program.Outcome status = zombie.croft("status");
            assertTrue(status.out().contains("BLOCK_QUARANTINED"), status::toString);
        }
    }

    private static Program.Outcome reclaim(RealAgent by) {
        return by.croft("node reclaim zombie --confirm-powered-off");
    }

    private static void expectNotServing(RealAgent agent, String why) {
        Program.Outcome status = agent.croft("status");
        assertEquals(4, status.exit(), () -> why + ": " + status + agent.log());
    }

    /** Those from which it gives addresses; all of them, or those in which some are held. */
    private static Set<String> blocks(RealAgent agent, boolean held) {
        Set<String> blocks = new HashSet<>();
        for (JsonElement each : agent.list("block list")) {
            JsonObject block = each.getAsJsonObject();
            boolean owned = block.get("state").getAsString().equals("BLOCK_STATE_OWNED");
            if (owned && (!held || block.get("held").getAsInt() > 0)) {
                blocks.add(block.get("cidr").getAsString());
            }
        }
        return blocks;
    }

    private static boolean noneOf(Set<String> lost, Set<String> owned) {
        return lost.stream().noneMatch(owned::contains);
    }
}
