package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.testing.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's main plugins with Croft, in a namespace that plays the node: what {@code ./dev plugins}
 * does, for one form of each.
 */
final class MainPluginsIT {
    private static final Path PLUGINS = Path.of("/usr/lib/cni");

    @TempDir private Path dir;

    private final Namespaces namespaces = new Namespaces();
    private final String node = namespaces.add("node");
    private final String one = namespaces.add("one");
    private final String two = namespaces.add("two");

    @BeforeEach
    void makeNode() {
        assertTrue(
                Files.isExecutable(PLUGINS.resolve("macvlan")),
                "install the package containernetworking-plugins");
        for (String each : List.of(node, one, two)) {
            // Nobody else gives addresses here: no search for duplicates, which takes two seconds.
            Namespaces.in(each, "sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad");
            Namespaces.in(each, "ip", "link", "set", "lo", "up");
        }
    }

    @AfterEach
    void removeNamespaces() {
        namespaces.close();
    }

    @Test
    void bridgeLeavesTheAddressesAloneWhenAnAddIsRepeated() {
        try (var agent = agentWithPools("gateway")) {
            String keys = "\"bridge\":\"croft0\",\"isDefaultGateway\":true,\"hairpinMode\":true,";
            assertEquals(4, heldAfterARepeatedAdd(new Plugin(agent, "bridge", keys)));
        }
    }

    @Test
    void ptpGivesTheAddressesBackWhenAnAddIsRepeated() {
        try (var agent = agentWithPools("gateway")) {
            assertEquals(2, heldAfterARepeatedAdd(new Plugin(agent, "ptp", "")));
        }
    }

    @Test
    void macvlanLeavesTheAddressesAloneWhenAnAddIsRepeated() {
        try (var agent = agentWithPools("l2")) {
            Namespaces.in(node, "ip", "link", "add", "lan", "type", "veth", "peer", "name", "end");
            Namespaces.in(node, "ip", "link", "set", "lan", "up");
            Namespaces.in(node, "ip", "link", "set", "end", "up");
            String keys = "\"master\":\"lan\",\"mode\":\"bridge\",";
            assertEquals(4, heldAfterARepeatedAdd(new Plugin(agent, "macvlan", keys)));
        }
    }

    private RealAgent agentWithPools(String mode) {
        var agent = new RealAgent(dir).start();
        agent.croft("pool create pods4 10.97.0.0/24 --default --mode " + mode).expectSuccess();
        agent.croft("pool create pods6 fd00:97::/112 --default --mode " + mode).expectSuccess();
        return agent;
    }

    /**
     * The lives of two pods; how many addresses are held once the ADD of a living one was repeated.
     */
    private int heldAfterARepeatedAdd(Plugin plugin) {
        var first = new Answer(plugin.call("ADD", one, ""));
        var second = new Answer(plugin.call("ADD", two, ""));
        ping(one, second);
        ping(two, first);
        plugin.call("CHECK", one, previous(first)).expectSuccess();
        plugin.call("CHECK", two, previous(second)).expectSuccess();

        assertNotEquals(0, plugin.call("ADD", one, "").exit(), "two interfaces of one name");
        int held = plugin.held();
        Program.Outcome check = plugin.call("CHECK", one, previous(first));
        assertEquals(held == 4, check.exit() == 0, check::toString);

        plugin.call("DEL", one, previous(first)).expectSuccess();
        plugin.call("DEL", two, previous(second)).expectSuccess();
        assertEquals(0, plugin.held());
        plugin.call("DEL", one, "").expectSuccess();
        plugin.call("DEL", two, "").expectSuccess();
        return held;
    }

    private static void ping(String from, Answer to) {
        for (String address : to.addresses()) {
            Namespaces.in(from, "ping", "-q", "-n", "-c", "1", "-i", "0.2", "-w", "5", address);
        }
    }

    private static String previous(Answer added) {
        return ",\"prevResult\":" + added.outcome().out();
    }

    /** One of them, as a runtime on the node calls it, with more keys of its configuration. */
    private final class Plugin {
        private final RealAgent agent;
        private final String type;
        private final String keys;

        Plugin(RealAgent agent, String type, String keys) {
            this.agent = agent;
            this.type = type;
            this.keys = keys;
        }

        Program.Outcome call(String verb, String pod, String previous) {
            String conf =
                    "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"%s\",%s\"ipam\":{\"type\":\"croft\",\"socket\":\"%s\"}%s}"
                            .formatted(type, keys, agent.socket(), previous);
            return Program.run(
                    List.of("ip", "netns", "exec", node, PLUGINS.resolve(type).toString()),
                    Shim.environment(verb, Namespaces.at(pod)),
                    conf);
        }

        int held() {
            return agent.list("ip list").size();
        }
    }
}
