package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked in vain: each refusal names field, value and remedy, and changes nothing. */
final class RefusalIT {
    private static final int LONGEST_MESSAGE = 300;

    @TempDir private Path dir;

    private RealAgent agent;

    @BeforeEach
    void start() {
        agent = new RealAgent(dir).start();
    }

    @AfterEach
    void end() {
        agent.close();
    }

    private void expectRefusal(Answer answer, int code, String... words) {
        assertEquals(code, answer.code(), answer::toString);
        int bytes = answer.message().getBytes(StandardCharsets.UTF_8).length;
        assertTrue(bytes <= LONGEST_MESSAGE, answer::message);
        for (String word : words) {
            assertTrue(answer.message().contains(word), word + " is missing: " + answer);
        }
        assertTrue(answer.message().contains("; request "), answer::message);
    }

    private static void expectRefusal(Program.Outcome outcome, int exit, String... words) {
        assertEquals(exit, outcome.exit(), outcome::toString);
        for (String word : words) {
            assertTrue(outcome.err().contains(word), word + " is missing: " + outcome);
        }
        assertEquals("", outcome.out());
    }

    /** Pools, ranges, held and resting addresses, as programs see them. */
    private List<String> everything() {
        return List.of(
                agent.list("pool list").toString().replaceAll("\"free\":\\d+", ""),
                agent.list("external list").toString(),
                agent.list("ip list").toString());
    }

    @Test
    void aRoutedPoolGivesAllAndAGatewayPoolAllButThree() {
        agent.croft("pool create routed 10.100.0.0/24 --mode routed --namespace routed")
                .expectSuccess();
        agent.croft("pool create gateway 10.101.0.0/24 --block-size 26 --namespace gateway")
                .expectSuccess();
        assertAll(
                () -> expectExactly("routed", "10.100.0.0/24", 256),
                () -> expectExactly("gateway", "10.101.0.0/24", 253));
    }

    private void expectExactly(String pool, String cidr, int capacity) {
        Set<String> given = new HashSet<>();
        Path netns = Place.pod(dir, "any").netns();
        for (int i = 0; i < capacity; i++) {
            Answer answer = agent.shim().add(new Pod("net", pool + "-" + i, pool, netns));
            assertTrue(given.addAll(answer.addresses()), answer::toString);
        }
        List<String> before = everything();
        Answer answer = agent.shim().add(new Pod("net", pool + "-more", pool, netns));
        expectRefusal(
                answer,
                100,
                "POOL_EXHAUSTED",
                "\"%s\" %s: %d of %d held, 0 resting".formatted(pool, cidr, capacity, capacity),
                "delete pods");
        assertEquals(before, everything());
    }

    @Test
    void anAddThatAsksInVainSaysWhyAndChangesNothing() throws IOException {
        agent.croft(
                        "pool create team-a 10.102.0.0/24 --namespace team --reserve 10.102.0.9 --block-size 28")
                .expectSuccess();
        agent.croft("pool create routed 10.103.0.0/24 --mode routed").expectSuccess();
        Pod holder = Place.pod(dir, "holder");
        String held = agent.shim().add(holder).addresses().getFirst();
        Pod pod = Place.pod(dir, "pod");
        var stranger = new Pod("net", "stranger", "other", pod.netns());
        List<String> before = everything();
        Shim shim = agent.shim();
        assertAll(
                () -> expectRefusal(shim.add(stranger), 7, "other", "--default"),
                () ->
                        expectRefusal(
                                shim.withIpam("\"pools\":[\"team-a\"]").add(stranger),
                                103,
                                "POOL_DENIED",
                                "team-a",
                                "other"),
                () ->
                        expectRefusal(
                                shim.withIpam("\"pools\":[\"nope\"]").add(pod),
                                7,
                                "POOL_UNKNOWN",
                                "\"nope\""),
                () -> expectRefusal(ip(shim, "192.0.2.1").add(pod), 7, "192.0.2.1"),
                () ->
                        expectRefusal(
                                ip(shim, "10.102.0.9").add(pod),
                                7,
                                "ADDRESS_RESERVED",
                                "10.102.0.9"),
                () -> expectRefusal(ip(shim, "10.102.0.1").add(pod), 7, "10.102.0.1"),
                () -> expectRefusal(ip(shim, held).add(pod), 101, held, "holder"),
                () -> expectRefusal(ip(shim, "not-an-address").add(pod), 7, "not-an-address"),
                () ->
                        expectRefusal(
                                shim.under("bridge").withIpam("\"pools\":[\"routed\"]").add(pod),
                                7,
                                "routed",
                                "bridge",
                                "mode"),
                () ->
                        expectRefusal(
                                shim.withIpam("\"pool\":[\"team-a\"]").add(pod),
                                7,
                                "UNKNOWN_KEY",
                                "\"pool\"",
                                "did you mean \"pools\""),
                () ->
                        expectRefusal(
                                shim.add(Pod.of("no-netns", dir.resolve("absent"))), 4, "absent"),
                () -> assertEquals(4, shim.add(Pod.of("bad id", pod.netns())).code()));
        assertEquals(before, everything());
        assertTrue(shim.withIpam("\"pool\":[\"team-a\"]").del(pod).ok(), "DEL tolerates all");
    }

    private static Shim ip(Shim shim, String address) {
        return shim.withConf("\"runtimeConfig\":{\"ips\":[\"%s\"]}".formatted(address));
    }

    @Test
    void aCommandThatAsksInVainSaysWhyAndChangesNothing() {
        agent.croft("pool create team-a 10.104.0.0/24").expectSuccess();
        agent.croft("external add services 10.105.0.0/16").expectSuccess();
        List<String> before = everything();
        assertAll(
                () -> refused("pool create x 10.106.0.5/24", 1, "10.106.0.5/24", "10.106.0.0/24"),
                () ->
                        refused(
                                "pool create x 10.104.0.0/16",
                                1,
                                "RANGE_OVERLAPS",
                                "\"x\" 10.104.0.0/16",
                                "\"team-a\" 10.104.0.0/24"),
                () ->
                        refused(
                                "pool create x 10.105.3.0/24",
                                1,
                                "RANGE_OVERLAPS",
                                "10.105.3.0/24",
                                "\"services\" 10.105.0.0/16"),
                () ->
                        refused(
                                "external add y 10.104.0.0/25",
                                1,
                                "RANGE_OVERLAPS",
                                "10.104.0.0/25",
                                "team-a"),
                () -> refused("pool create x 10.106.0.0/24 --block-size 33", 1, "33", "block"),
                () -> refused("pool create x 10.106.0.0/24 --block-size 20", 1, "20", "block"),
                () -> refused("pool create x 10.106.0.0/31", 1, "10.106.0.0/31"),
                () ->
                        refused(
                                "pool create x 10.106.0.0/24 --default --namespace a",
                                1,
                                "default",
                                "namespace"),
                () ->
                        refused(
                                "pool create x 10.106.0.0/24 --cooldown 5s",
                                1,
                                "cooldown",
                                "5s",
                                "30s"),
                () -> refused("pool create team-a 10.106.0.0/24", 1, "POOL_EXISTS", "team-a"),
                () -> refused("pool create x nonsense", 1, "nonsense"),
                () -> refused("pool show nope", 1, "POOL_UNKNOWN", "nope"),
                () -> refused("pool delete nope", 1, "POOL_UNKNOWN", "nope"),
                () -> refused("external remove nope", 1, "nope"),
                () -> refused("ip release 10.104.0.77 --confirm", 1, "10.104.0.77"),
                () -> refused("pool creat x 10.106.0.0/24", 2, "creat"));
        assertEquals(before, everything());
    }

    private void refused(String words, int exit, String... expected) {
        expectRefusal(agent.croft(words), exit, expected);
    }

    @Test
    void withoutAnAgentEveryoneIsToldWhatToStart() {
        agent.kill();
        expectRefusal(agent.croft("status"), 3, agent.run().toString(), "start the agent");
        expectRefusal(
                agent.croft("pool create x 10.107.0.0/24"), 3, "admin.sock", "start the agent");
        expectRefusal(
                agent.shim().call("CHECK", Place.pod(dir, "pod")),
                11,
                "AGENT_UNAVAILABLE",
                agent.socket().toString(),
                "start the croft agent");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsNamed() throws IOException {
        agent.stop();
        Files.writeString(dir.resolve("file"), "");
        var other =
                new RealAgent(dir, "other.log").with("state-dir", dir.resolve("file").toString());
        try (other) {
            assertNotEquals(0, other.spawn().awaitEnd());
            assertTrue(other.log().contains(dir.resolve("file").toString()), other.log());
            assertTrue(other.log().contains("state-dir"), other.log());
            assertTrue(other.log().contains("CANNOT_START"), other.log());
        }
        var readOnly = new RealAgent(dir, "proc.log").with("state-dir", "/proc/croft");
        try (readOnly) {
            assertNotEquals(0, readOnly.spawn().awaitEnd());
            assertTrue(readOnly.log().contains("/proc/croft"), readOnly.log());
        }
    }
}
