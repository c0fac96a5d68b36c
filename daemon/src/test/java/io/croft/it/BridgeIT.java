package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real bridge plugin with pods in real namespaces, in a namespace that plays the node. */
final class BridgeIT {
    private static final Path PLUGINS = Path.of("/usr/lib/cni");

    @TempDir private Path dir;

    private final Namespaces namespaces = new Namespaces();
    private final String node = namespaces.add("node");

    @BeforeEach
    void makeNode() {
        assertTrue(
                Files.isExecutable(PLUGINS.resolve("bridge")),
                "install the package containernetworking-plugins");
        begin(node);
    }

    @AfterEach
    void removeNamespaces() {
        namespaces.close();
    }

    private static void begin(String name) {
        // Nobody else gives addresses here: no search for duplicates, which takes two seconds.
        Namespaces.in(name, "sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad");
        Namespaces.in(name, "ip", "link", "set", "lo", "up");
    }

    @Test
    void podsWithAddressesOfTwoBlocksReachEachOther() {
        try (var agent = new RealAgent(dir).start()) {
            agent.croft("pool create pods4 10.96.0.0/28 --default --block-size 30").expectSuccess();
            agent.croft("pool create pods6 fd00:96::/124 --default --block-size 126")
                    .expectSuccess();
            Map<String, Answer> pods = new LinkedHashMap<>();
            for (int i = 0; i < 5; i++) {
                String name = namespaces.add("pod" + i);
                begin(name);
                pods.put(name, bridge(agent, "ADD", name, ""));
            }
            for (String pool : List.of("pods4", "pods6")) {
                assertTrue(blocksThatHold(agent, pool) >= 2, agent.croft("block list").out());
            }
            for (String from : pods.keySet()) {
                for (Answer to : pods.values()) {
                    for (String address : to.addresses()) {
                        Namespaces.in(
                                from, "ping", "-q", "-n", "-c", "1", "-i", "0.2", "-w", "5",
                                address);
                    }
                }
            }
            pods.forEach((name, added) -> {
                String result = ",\"prevResult\":" + added.outcome().out();
                bridge(agent, "CHECK", name, result);
                bridge(agent, "DEL", name, result);
                bridge(agent, "DEL", name, "");
            });
            assertEquals(0, agent.list("ip list").size());
        }
    }

    private Answer bridge(RealAgent agent, String verb, String name, String prevResult) {
        Pod pod = Namespaces.at(name);
        String conf =
                "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"bridge\",\"bridge\":\"croft0\",\"isDefaultGateway\":true,"
                        + "\"ipam\":{\"type\":\"croft\",\"socket\":\"%s\"}%s}"
                                .formatted(agent.socket(), prevResult);
        List<String> command =
                List.of("ip", "netns", "exec", node, PLUGINS.resolve("bridge").toString());
        Map<String, String> environment = new HashMap<>(Shim.environment(verb, pod));
        var answer = new Answer(Program.run(command, environment, conf));
        answer.outcome().expectSuccess();
        return answer;
    }

    private static long blocksThatHold(RealAgent agent, String pool) {
        return agent.list("block list --pool " + pool).asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(block -> block.get("held").getAsInt() > 0)
                .count();
    }
}
