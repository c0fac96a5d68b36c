package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.croft.it.Shim.Answer;
import io.croft.testing.Program;
import io.croft.testing.etcd.EtcdFigures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real agents that want the same blocks at the same time. */
final class EtcdRaceIT {
    private static final int BLOCKS = 16;
    private static final int AGENTS = 32;
    private static final int AT_ONCE = 4;

    @TempDir private Path dir;

    @Test
    void sixteenOfThirtyTwoAgentsOwnABlockEachAndTheOthersAreTold() {
        try (var place = EtcdPlace.one(dir)) {
            List<RealAgent> agents =
                    IntStream.range(0, AGENTS).mapToObj(each -> place.agent("n" + each)).toList();
            for (int first = 0; first < AGENTS; first += AT_ONCE) {
                List<RealAgent> group = agents.subList(first, first + AT_ONCE);
                group.forEach(RealAgent::spawn);
                group.forEach(RealAgent::awaitReady);
            }
            EtcdFigures before = place.figures();
            // All hear of it by their watch, and claim ahead of need.
            agents.getFirst()
                    .croft(
                            "pool create pods 10.94.0.0/28 --mode routed --block-size 32 --max-blocks 1 --default")
                    .expectSuccess();
            Set<String> given = new HashSet<>();
            List<Integer> refusals = new ArrayList<>();
            List<Program> calls = new ArrayList<>();
            for (RealAgent agent : agents) {
                calls.add(agent.shim().start(List.of(), "ADD", Place.pod(dir, "pod")));
            }
            for (Program call : calls) {
                var answer = new Answer(call.await());
                if (answer.ok()) {
                    assertTrue(given.addAll(answer.addresses()), answer + " was given twice");
                } else {
                    assertTrue(answer.message().startsWith("POOL_EXHAUSTED"), answer::message);
                    refusals.add(answer.code());
                }
            }
            System.out.printf(
                    "EtcdRaceIT: %d agents, %d blocks: %d addresses, %d refused; requests %s%n",
                    AGENTS,
                    BLOCKS,
                    given.size(),
                    refusals.size(),
                    place.figures().since(before).kinds());
            assertEquals(BLOCKS, given.size());
            expectOneBlockEach(agents.getFirst());
            place.croft("audit").expectSuccess();
        }
    }

    private static void expectOneBlockEach(RealAgent agent) {
        Set<String> owners = new HashSet<>();
        Set<String> blocks = new HashSet<>();
        for (JsonElement each : agent.list("block list --cluster")) {
            JsonObject block = each.getAsJsonObject();
            assertTrue(owners.add(block.get("node").getAsString()), block::toString);
            assertTrue(blocks.add(block.get("cidr").getAsString()), block::toString);
        }
        assertEquals(BLOCKS, owners.size(), owners::toString);
    }

    @Test
    void aClaimCostsAtMostThreeRequestsAndAPodNone() {
        int claims = 20;
        try (var place = EtcdPlace.one(dir);
                var agent = place.agent("a").start()) {
            agent.croft("pool create pods 10.95.0.0/16 --mode routed --block-size 26 --default")
                    .expectSuccess();
            Answer first = agent.shim().add(Place.pod(dir, "first"));
            assertTrue(first.ok(), first::toString);
            // What goes on anyway: signs of life and reads of the pools, every 15 and 30 s.
            EtcdFigures before = place.figures();
            for (int pod = 0; pod < 20; pod++) {
                assertTrue(agent.shim().add(Place.pod(dir, "pod-" + pod)).ok());
                assertTrue(agent.shim().del(Place.pod(dir, "pod-" + pod)).ok());
            }
            EtcdFigures pods = place.figures().since(before);
            before = place.figures();
            // Far from the block of the pods before, whose addresses rest.
            int used = Integer.parseInt(first.addresses().iterator().next().split("\\.", -1)[2]);
            for (int claim = 0; claim < claims; claim++) {
                String ips =
                        "\"runtimeConfig\":{\"ips\":[\"10.95.%d.1\"]}"
                                .formatted((used + 10 + claim) % 256);
                Answer answer = agent.shim().withConf(ips).add(Place.pod(dir, "claim-" + claim));
                assertTrue(answer.ok(), answer::toString);
            }
            EtcdFigures claimed = place.figures().since(before);
            System.out.printf(
                    "EtcdRaceIT: 20 pods: %s; %d claims: %s, %d bytes to etcd, %d from it%n",
                    pods.kinds(), claims, claimed.kinds(), claimed.received(), claimed.sent());
            assertTrue(pods.requests() <= 4, () -> pods.kinds().toString());
            assertTrue(claimed.requests() <= 3 * claims + 4, () -> claimed.kinds().toString());
        }
    }
}
