package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real bridge plugin, killed at random moments of its ADD, and then its pod's DEL. */
final class BridgeKilledIT {
    /** The long run: {@code -Dcroft.callers=500}. */
    private static final int CALLERS = Integer.getInteger("croft.callers", 30);

    private static final Path BRIDGE = Path.of("/usr/lib/cni/bridge");

    private static final Seed SEED = Seed.ofThisRun();

    @TempDir private Path dir;

    private final Namespaces namespaces = new Namespaces();
    private final String node = namespaces.add("node");

    @BeforeEach
    void findBridge() {
        assertTrue(Files.isExecutable(BRIDGE), "install the package containernetworking-plugins");
    }

    @AfterEach
    void removeNamespaces() {
        namespaces.close();
    }

    @Test
    void leavesNothingOnceItsPodIsDeleted() {
        System.out.println("BridgeKilledIT " + SEED.repeats(BridgeKilledIT.class));
        try (var agent = new RealAgent(dir).start()) {
            agent.croft("pool create pods 10.118.0.0/20 --default --block-size 26 --cooldown 30s")
                    .expectSuccess();
            var life = new LifeSpan(SEED.random());
            Path netns = Path.of("/run/netns", namespaces.add("pod"));
            Set<String> told = new HashSet<>();
            for (int i = 0; i < CALLERS; i++) {
                var pod = new Pod("net", "bridged-" + i, "team", netns);
                List<String> dying =
                        List.of("timeout", "--foreground", "--signal=KILL", life.next());
                Program add = bridge(agent, dying, "ADD", pod);
                add.awaitDeath();
                Answer del = new Answer(bridge(agent, List.of(), "DEL", pod).await());
                assertTrue(del.ok(), del::toString);
                boolean ended = add.await().out().contains("\"ips\"");
                if (ended) {
                    told.add(pod.key());
                }
                life.ended(ended);
            }
            Place.awaitEmptySpool(agent);
            Eventually.holds(() -> agent.list("ip list"), () -> agent.list("ip list").isEmpty());
            Set<String> between = new HashSet<>(JournalText.of(agent, "allocated"));
            between.removeAll(told);
            System.out.printf(
                    "BridgeKilledIT: %d killed, %d had ended before, %d had been given an address that their runtime never heard of%n",
                    CALLERS - told.size(), told.size(), between.size());
            assertFalse(between.isEmpty(), "none was killed between request and reply");
        }
    }

    private Program bridge(RealAgent agent, List<String> under, String verb, Pod pod) {
        List<String> command = new ArrayList<>(under);
        command.addAll(List.of("ip", "netns", "exec", node, BRIDGE.toString()));
        String conf =
                "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"bridge\",\"bridge\":\"croft0\",\"isDefaultGateway\":true,"
                        + "\"ipam\":{\"type\":\"croft\",\"socket\":\"%s\"}}"
                                .formatted(agent.socket());
        return Program.start(command, Shim.environment(verb, pod), conf);
    }
}
