package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.grpc.Neighbours;
import io.croft.adapter.grpc.TestAgent;
import io.croft.node.port.Registrant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code croft} shows of other nodes. */
final class CroftClusterTest {
    @TempDir private Path directory;
    private TestAgent agent;
    private Neighbours neighbours;
    private Registrant node;

    @BeforeEach
    void start() {
        agent = new TestAgent(directory).start();
        assertEquals(0, croft("", "pool", "create", "pods", "10.1.0.0/16", "--default").code());
        neighbours = new Neighbours(agent);
        node = neighbours.register("n2");
        neighbours.own(node, "pods", 0);
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private Ended croft(String in, String... args) {
        var all = new ArrayList<>(List.of("--run-dir", directory.toString()));
        all.addAll(List.of(args));
        return Ended.of(in, Map.of("SUDO_USER", "ada"), all);
    }

    @Test
    void showsNodes() {
        var _ = neighbours.register("n1");
        List<String> lines = croft("", "node", "list").out().lines().toList();
        assertTrue(lines.get(0).startsWith("NODE  INSTALL"));
        assertTrue(lines.get(1).startsWith("n1"));
        assertTrue(lines.get(2).matches("n2 +[0-9a-f-]{36} +no +yes +1 +0.1.0"), lines.get(2));
        assertTrue(croft("", "node", "show", "n2").out().contains("hardware:     hw-n2\n"));
        assertTrue(croft("", "node", "list", "-o", "json").out().contains("\"name\": \"n2\""));
        Ended unknown = croft("", "node", "show", "n9");
        assertEquals(1, unknown.code());
        assertTrue(unknown.err().startsWith("croft: NODE_UNKNOWN: "), unknown.err());
    }

    @Test
    void reclaimsOnAWordOnly() {
        Ended refused = croft("", "node", "reclaim", "n2");
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains("--confirm-powered-off"), refused.err());
        neighbours.live(node);
        assertTrue(
                croft("", "node", "reclaim", "n2", "--confirm-powered-off")
                        .err()
                        .startsWith("croft: NODE_LIVE: "));
        agent.others().lapse(node.install());
        assertEquals(
                "node n2: 1 block taken back\n",
                croft("", "node", "reclaim", "n2", "--confirm-powered-off").out());
    }

    @Test
    void tellsWhyANodeCannotLeave() {
        Ended refused = croft("", "node", "leave");
        assertEquals(1, refused.code());
        assertTrue(refused.err().startsWith("croft: NODE_NOT_EMPTY: "), refused.err());
    }

    @Test
    void listsBlocksOfTheCluster() {
        String install = node.install().toString();
        assertEquals(
                """
                BLOCK        POOL  STATE  NODE  INSTALL                               EPOCH
                10.1.0.0/26  pods  owned  n2    %s  1.1
                """
                        .formatted(install),
                croft("", "block", "list", "--cluster").out());
    }

    @Test
    void tellsHowOldAnAnswerAboutAnotherNodeIs() {
        neighbours.copy(node, Duration.ofSeconds(40), 2, Neighbours.line("10.1.0.7", "p"));
        Ended listed = croft("", "ip", "list", "--cluster");
        assertEquals(
                """
                ADDRESS   POOL  POD    NODE  CONTAINER      AGE
                10.1.0.7  pods  web/p  n2    0123456789abc  40s
                """,
                listed.out());
        assertTrue(listed.err().contains("node n2 left 2 addresses out"), listed.err());
        String shown = croft("", "ip", "show", "10.1.0.7", "--cluster").out();
        assertTrue(shown.contains("state:      held, 40s ago\n"), shown);
        assertTrue(
                croft("", "ip", "show", "10.1.1.7", "--cluster")
                        .out()
                        .contains("in a block that no node owns"));
        assertEquals(2, croft("", "ip", "list", "--cluster", "--resting").code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "&a [*a]",
                "name: a\nroutes: &r [*r]",
                "name: a\npriority: .nan",
                "name: a\npriority: .inf",
                "name: a\npriority: 99999999999999999999",
                "name: {a: b}",
                "name: a\ncidr: !!binary AAAA",
                "? [a, b]\n: c",
                "!!set {a, b}",
                "- - - - - - - - - - - - a",
                "name: a\ncidr: 10.9.0.0/16\n---\nname: a\ncidr: 10.8.0.0/16",
                "name: b\ncidr: 10.9.0.0/16\n---\nname: c\ncidr: 10.9.0.0/24",
                "2026-01-01",
                "\u0000",
                "name: \"\\u0000\""
            })
    void refusesAHostileFileInASentence(String text) {
        assertRefused(croft(text, "pool", "apply", "-f", "-"));
    }

    @Test
    void refusesAFileOfBracketsInASentence() {
        assertRefused(croft("[".repeat(100_000), "pool", "apply", "-f", "-"));
        assertRefused(croft("name: " + "{a: ".repeat(50_000), "pool", "apply", "-f", "-"));
    }

    private void assertRefused(Ended refused) {
        assertEquals(1, refused.code(), refused.err());
        assertTrue(refused.err().startsWith("croft: "), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        assertTrue(croft("", "pool", "list").out().lines().count() == 2, "nothing was made");
    }
}
