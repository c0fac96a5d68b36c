package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.grpc.TestAgent;
import io.croft.adapter.grpc.UnixChannel;
import io.croft.core.netns.NetnsFate;
import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.proto.v1.Netns;
import io.croft.proto.v1.Workload;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CroftTest {
    @TempDir private Path directory;
    private TestAgent agent;

    @BeforeEach
    void start() {
        agent = new TestAgent(directory).start();
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private Ended croft(String... args) {
        var all = new ArrayList<>(List.of("--run-dir", directory.toString()));
        all.addAll(List.of(args));
        return run("", Map.of(), all);
    }

    private static Ended run(String in, Map<String, String> environment, List<String> args) {
        return Ended.of(in, environment, args);
    }

    private void add(String container) {
        try (var channel = new UnixChannel(agent.cniSocket())) {
            var attachment =
                    Attachment.newBuilder()
                            .setNetwork("podnet")
                            .setContainerId(container)
                            .setInterfaceName("eth0");
            var netns =
                    Netns.newBuilder().setPath("/run/netns/" + container).setDevice(4).setInode(9);
            var workload =
                    Workload.newBuilder()
                            .setNamespace("web")
                            .setPod("p-" + container)
                            .setNetns(netns);
            var request =
                    AllocateRequest.newBuilder().setAttachment(attachment).setWorkload(workload);
            assertTrue(
                    IpamServiceGrpc.newBlockingStub(channel.channel())
                            .allocate(request.build())
                            .hasAllocation());
        }
    }

    private void createPods() {
        assertEquals(0, croft("pool", "create", "pods", "10.1.0.0/16", "--default").code());
    }

    @Test
    void showsHowTheAgentDoes() {
        Ended table = croft("status");
        assertEquals(0, table.code());
        assertTrue(table.out().startsWith("node:               n1\nserving:            yes, but"));
        assertTrue(table.out().contains("up:                 2h10m\n"));
        assertTrue(table.out().endsWith("NOTHING: all is well\n"));
        assertTrue(croft("status", "-o", "json").out().contains("\"node\": \"n1\""));
        assertTrue(croft("-o", "yaml", "status").out().contains("node: n1\n"));
    }

    @Test
    void makesAPoolWithEveryOption() {
        Ended made =
                croft(
                        "pool",
                        "create",
                        "team-a",
                        "10.2.0.0/24",
                        "--mode",
                        "gateway",
                        "--gateway",
                        "10.2.0.254",
                        "--block-size",
                        "28",
                        "--namespace",
                        "team-*",
                        "--namespace",
                        "ops",
                        "--reserve",
                        "10.2.0.0/28",
                        "--reserve",
                        "10.2.0.100-10.2.0.109",
                        "--cooldown",
                        "2m10s",
                        "--priority",
                        "7",
                        "--node",
                        "n*",
                        "--route",
                        "10.9.0.0/16,10.2.0.253",
                        "--max-blocks",
                        "3",
                        "--description",
                        "for team a");
        assertEquals(0, made.code(), made.err());
        String shown = croft("pool", "show", "team-a").out();
        for (String fact :
                List.of(
                        "gateway:       10.2.0.254",
                        "block size:    /28",
                        "for:           team-*,ops",
                        "reserved:      10.2.0.0-10.2.0.15, 10.2.0.100-10.2.0.109",
                        "cooldown:      2m10s",
                        "priority:      7",
                        "nodes:         n*",
                        "routes:        10.9.0.0/16 via 10.2.0.253",
                        "serves:        at most 16 nodes, at most 3 blocks each",
                        "description:   for team a")) {
            assertTrue(shown.contains(fact + "\n"), fact + " in\n" + shown);
        }
    }

    @Test
    void listsPoolsAlignedAndForPrograms() {
        assertEquals(
                "no pools; make one with croft pool create NAME CIDR --default\n",
                croft("pool", "list").out());
        createPods();
        assertEquals(
                """
                NAME  CIDR         MODE     STATE   FOR      BLOCKS  HELD  RESTING  FREE
                pods  10.1.0.0/16  gateway  active  default  0       0     0        0
                """,
                croft("pool", "list").out());
        assertTrue(
                croft("pool", "list", "-o", "json").out().startsWith("[\n{\n  \"name\": \"pods\""));
        assertTrue(croft("pool", "list", "-o", "yaml").out().startsWith("- name: pods\n"));
        assertTrue(croft("ip", "list", "-o", "json").out().startsWith("[]"));
    }

    @Test
    void tellsWhyAPoolWasRefused() {
        Ended refused = croft("pool", "create", "pods", "10.1.0.1/16");
        assertEquals(1, refused.code());
        assertTrue(
                refused.err()
                        .startsWith(
                                "croft: INVALID_FIELD: cidr \"10.1.0.1/16\": has host bits set; the range is 10.1.0.0/16; write 10.1.0.0/16; request "),
                refused.err());
        assertEquals(1, croft("pool", "show", "none").code());
    }

    @Test
    void warnsOfAPoolThatNobodyWouldUse() {
        Ended made = croft("pool", "create", "spare", "10.3.0.0/16", "--dry-run");
        assertTrue(made.err().startsWith("warning: pool spare: it is used"));
        assertTrue(made.out().startsWith("pool spare can be created\n"));
        assertEquals(1, croft("pool", "show", "spare").code());
    }

    @Test
    void pausesDrainsResumesAndDeletes() {
        createPods();
        assertEquals("pool pods is paused\n", croft("pool", "pause", "pods").out());
        assertEquals("pool pods is draining\n", croft("pool", "drain", "pods").out());
        assertEquals("pool pods is active\n", croft("pool", "resume", "pods").out());
        add("c1");
        Ended held = croft("pool", "delete", "pods");
        assertEquals(1, held.code());
        assertTrue(held.err().contains("10.1.0.2 by web/p-c1"));
        assertEquals(0, croft("ip", "release", "10.1.0.2", "--confirm").code());
        Ended waiting = croft("pool", "delete", "pods", "--wait", "0s");
        assertEquals(1, waiting.code());
        assertTrue(waiting.err().contains("drains: 1 addresses rest, 1 blocks"), waiting.err());
        agent.engine().returnBlocks();
        assertEquals("pool pods deleted\n", croft("pool", "delete", "pods").out());
    }

    @Test
    void appliesAFileOnceAndSaysWhatChanged() throws Exception {
        Path file = directory.resolve("pools.yaml");
        Files.writeString(
                file,
                """
                name: pods
                cidr: 10.1.0.0/16
                isDefault: true
                cooldown: 60s
                ---
                name: team
                cidr: fd00:1::/64
                mode: routed
                namespaces: [team-*]
                """);
        assertEquals(
                "pool pods created\npool team created\n",
                croft("pool", "apply", "-f", file.toString()).out());
        assertEquals(
                "pool pods unchanged\npool team unchanged\n",
                croft("pool", "apply", "-f", file.toString()).out());
        String json = "{\"name\": \"pods\", \"cidr\": \"10.1.0.0/16\", \"priority\": 5}";
        Ended changed =
                run(
                        json,
                        Map.of("CROFT_RUN_DIR", directory.toString()),
                        List.of("pool", "apply", "-f", "-"));
        assertEquals(
                "pool pods changed: isDefault true -> false, priority 0 -> 5, cooldown 1m -> 2m10s\n",
                changed.out());
    }

    @Test
    void refusesAFileWithAKeyThatNobodyKnows() {
        var where = Map.of("CROFT_RUN_DIR", directory.toString());
        var apply = List.of("pool", "apply", "-f", "-");
        Ended misspelt = run("name: a\ncidr: 10.1.0.0/16\nprioritty: 5\n", where, apply);
        assertEquals(1, misspelt.code());
        assertEquals(
                "croft: INVALID_FIELD: key \"prioritty\": a pool has no such key; did you mean priority\n",
                misspelt.err());
        assertEquals(1, run("cidr: 10.1.0.0/16\n", where, apply).code());
        assertEquals(1, run("name: [\n", where, apply).code());
        assertEquals(1, run("name: a\npriority: high\n", where, apply).code());
        assertEquals(1, croft("pool", "apply", "-f", "/no/such/file").code());
        assertTrue(croft("pool", "list").out().startsWith("no pools"));
    }

    @Test
    void keepsRangesThatOthersUse() {
        assertEquals(
                0,
                croft("external", "add", "services", "10.96.0.0/12", "--description", "S").code());
        assertEquals(
                """
                NAME      CIDR          DESCRIPTION
                services  10.96.0.0/12  S
                """,
                croft("external", "list").out());
        assertEquals(1, croft("pool", "create", "pods", "10.97.0.0/16").code());
        assertEquals(0, croft("external", "remove", "services").code());
        assertEquals("no external ranges\n", croft("external", "list").out());
    }

    @Test
    void listsBlocksAndAddresses() {
        createPods();
        add("0123456789abcdef");
        assertEquals(
                """
                BLOCK        POOL  STATE  HELD  RESTING  FREE
                10.1.0.0/26  pods  owned  1     0        61
                """,
                croft("block", "list").out());
        assertEquals(
                """
                ADDRESS   POOL  POD                     NETWORK  CONTAINER      INTERFACE  SINCE
                10.1.0.2  pods  web/p-0123456789abcdef  podnet   0123456789abc  eth0       2026-01-02T03:04:05Z
                """,
                croft("ip", "list", "--pool", "pods", "--namespace", "web").out());
        assertTrue(
                croft("ip", "list", "-o", "json")
                        .out()
                        .contains("\"containerId\": \"0123456789abcdef\""));
        assertTrue(croft("ip", "show", "10.1.0.2").out().contains("state:       held\n"));
        assertEquals(2, croft("ip", "release", "10.1.0.2").code());
        assertEquals(
                "released 10.1.0.2 of podnet/0123456789abcdef/eth0\n",
                croft("ip", "release", "10.1.0.2", "--confirm").out());
        assertEquals(
                """
                ADDRESS   POOL  RESTED  NAMESPACE
                10.1.0.2  pods  0s      not known to be gone
                """,
                croft("ip", "list", "--resting").out());
    }

    @Test
    void showsAndCollectsGarbage() {
        createPods();
        agent.netns("/run/netns/c1", NetnsFate.ALIVE);
        add("c1");
        assertEquals("nothing to collect\n", croft("gc", "--dry-run").out());
        agent.netns("/run/netns/c1", NetnsFate.GONE);
        assertEquals(
                """
                NAMESPACE  ADDRESSES  POD       ATTACHMENT      WHY
                gone       10.1.0.2   web/p-c1  podnet/c1/eth0  -
                """,
                croft("gc", "--dry-run").out());
        assertEquals("1 attachment freed\n", croft("gc", "--confirm").out());
        assertEquals(2, croft("gc").code());
    }

    @Test
    void printsDecisionsAsTheyAreMade() {
        agent.happen("allocated", Map.of("pool", "pods", "address", "10.1.0.2"));
        assertEquals(
                "2026-01-02T03:04:05Z allocated address=10.1.0.2 pool=pods\n",
                croft("events", "--for", "1s").out());
    }

    @Test
    void saysItsVersionAndItsWords() {
        assertEquals("croft development\n", croft("version").out());
        assertTrue(croft("completion", "bash").out().contains("complete -F"));
    }

    @Test
    void saysThatThereIsNoJournalToPrint() {
        Ended none = croft("journal", "dump", "--state-dir", directory.toString());
        assertEquals(1, none.code());
        assertTrue(none.err().contains("there is no journal in it"), none.err());
    }

    @Test
    void saysWhichSocketNobodyAnswersOn() throws Exception {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Ended absent = run("", Map.of(), List.of("status", "--run-dir", empty.toString()));
        assertEquals(3, absent.code());
        assertEquals(
                "croft: no agent answers on %s/admin.sock: there is no such socket; start the agent with systemctl start croft, or name its run directory with --run-dir\n"
                        .formatted(empty),
                absent.err());
        Files.createFile(empty.resolve("admin.sock"));
        Ended stale = run("", Map.of(), List.of("status", "--run-dir", empty.toString()));
        assertEquals(3, stale.code());
        assertTrue(stale.err().contains("belongs to " + Files.getOwner(empty)), stale.err());
        assertTrue(stale.err().contains("nobody listens"));
    }

    @Test
    void endsWithTwoForAWrongCommandLine() {
        Ended wrong = croft("pool", "lst");
        assertEquals(2, wrong.code());
        assertTrue(wrong.err().contains("Did you mean: pool list?"), wrong.err());
        assertEquals(2, croft("pool").code());
        assertEquals(2, croft().code());
        assertEquals(2, croft("pool", "create", "a", "10.1.0.0/16", "--cooldown", "1x").code());
        assertEquals(2, croft("status", "-o", "xml").code());
    }

    @Test
    void explainsEachCommandWithAnExample() {
        var terminal =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(new StringWriter()),
                        false,
                        Map.of());
        leaves(Croft.commandLine(terminal), "croft");
    }

    private void leaves(CommandLine command, String path) {
        if (command.getSubcommands().isEmpty()) {
            List<String> words = Arrays.asList((path + " --help").split(" "));
            Ended help = croft(words.subList(1, words.size()).toArray(new String[0]));
            assertEquals(0, help.code(), path);
            assertTrue(help.out().contains("Example"), path + "\n" + help.out());
        }
        command.getSubcommands().forEach((name, sub) -> leaves(sub, path + " " + name));
    }
}
