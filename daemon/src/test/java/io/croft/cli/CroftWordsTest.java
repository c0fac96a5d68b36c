package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.grpc.TestAgent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code croft} says to a person who wrote something wrong, or sees something odd. */
final class CroftWordsTest {
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
        return fed("", args);
    }

    private Ended fed(String in, String... args) {
        var all = new ArrayList<>(List.of("--run-dir", directory.toString()));
        all.addAll(List.of(args));
        return Ended.of(in, Map.of(), all);
    }

    private void createPods() {
        assertEquals(0, croft("pool", "create", "pods", "10.1.0.0/16", "--default").code());
    }

    @Test
    void saysThatThereIsNothingToGive() {
        assertTrue(
                croft("status")
                        .out()
                        .contains("yes, but there is nothing to give: no pool is known\n"));
        createPods();
        assertTrue(croft("status").out().contains("serving:            yes\n"));
    }

    @Test
    void namesTheLineOfAFileThatCannotBeRead() {
        Ended refused = fed("name: a\ncidr: 10.1.0.0/16: 5\n", "pool", "apply", "-f", "-");
        assertEquals(1, refused.code());
        assertTrue(
                refused.err()
                        .startsWith(
                                "croft: INVALID_FIELD: file \"-, line 2\": neither YAML nor JSON: mapping values are not allowed here; "),
                refused.err());
    }

    @ParameterizedTest
    @CsvSource({
        "isDefault: \"yes\", isDefault \"yes\": must be true or false (pool \"a\")",
        "mode: layer2, mode \"layer2\": 'must be one of gateway, routed and l2 (pool \"a\")'",
        "mode: 7x, mode \"7x\": 'must be one of gateway, routed and l2 (pool \"a\")'"
    })
    void namesTheFieldOfAPoolThatCannotBeRead(String line, String words) {
        Ended refused = fed("name: a\n" + line + "\n", "pool", "apply", "-f", "-");
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains(words.replace("'", "")), refused.err());
    }

    @Test
    void saysThatAFileIsMissingOrEmpty() {
        Ended missing = croft("pool", "apply", "-f", "/no/such/file");
        assertTrue(
                missing.err().contains("file \"/no/such/file\": there is no such file; "),
                missing.err());
        Ended empty = fed("# nothing\n", "pool", "apply", "-f", "-");
        assertEquals(0, empty.code());
        assertEquals("warning: there is no pool in -\n", empty.err());
    }

    @Test
    void refusesANamespaceThatKubernetesCannotHave() {
        for (String wrong : List.of("Team A", "team_a", "-a", "a.b")) {
            Ended refused = croft("pool", "create", "a", "10.1.0.0/16", "--namespace", wrong);
            assertEquals(1, refused.code());
            assertTrue(
                    refused.err().contains("namespaces \"" + wrong + "\": no namespace"),
                    refused.err());
        }
        String file = "name: a\ncidr: 10.1.0.0/16\nnamespaces: [Web]\n";
        assertEquals(1, fed(file, "pool", "apply", "-f", "-").code());
        assertEquals(0, croft("pool", "create", "a", "10.1.0.0/16", "--namespace", "Team*").code());
    }

    @Test
    void refusesToListWhatIsOfNoPool() {
        createPods();
        for (String what : List.of("ip", "block")) {
            Ended refused = croft(what, "list", "--pool", "nope");
            assertEquals(1, refused.code());
            assertTrue(refused.err().startsWith("croft: POOL_UNKNOWN: "), refused.err());
            Ended ofAll = croft(what, "list", "--cluster", "--pool", "nope");
            assertTrue(ofAll.err().startsWith("croft: POOL_UNKNOWN: "), ofAll.err());
        }
        assertEquals(1, croft("ip", "list", "--resting", "--pool", "nope").code());
        assertEquals("no addresses are held\n", croft("ip", "list", "--pool", "pods").out());
    }

    @Test
    void warnsOfAPoolAfterItsLineAndByItsName() {
        Ended made = croft("pool", "create", "spare", "10.3.0.0/16");
        assertTrue(
                made.err().startsWith("warning: pool spare: it is used by name only"), made.err());
        String file = "name: other\ncidr: 10.4.0.0/16\n";
        Ended applied = fed(file, "pool", "apply", "-f", "-");
        assertEquals("pool other created\n", applied.out());
        assertTrue(applied.err().startsWith("warning: pool other: it is"), applied.err());
    }

    @Test
    void countsTheNodesThatGetAnAddress() {
        assertTrue(
                croft("pool", "create", "tiny", "10.3.0.0/30", "--default")
                        .out()
                        .contains("at most 1 node\n"));
    }

    @Test
    void showsValuesAsHelpHasThem() {
        Ended wrong = croft("pool", "create", "a", "10.1.0.0/16", "--mode", "bridge");
        assertEquals(2, wrong.code());
        assertTrue(wrong.err().contains("[gateway, routed, l2]"), wrong.err());
    }

    @Test
    void saysWhoKnowsAnAddressOfNoBlock() {
        createPods();
        assertTrue(
                croft("ip", "show", "10.1.9.1")
                        .out()
                        .contains("in no block of this node; --cluster"));
        assertTrue(
                croft("ip", "show", "10.1.9.1", "--cluster")
                        .out()
                        .contains("free, in a block that no node owns"));
    }

    @Test
    void saysWhatANodeWaitsForThatLeaves() {
        agent.leaves(new CompletableFuture<>());
        Ended waiting = croft("node", "leave", "--wait", "0s");
        assertEquals(4, waiting.code());
        assertEquals(
                """
                waiting: for the store to let this node go
                croft: the node is leaving and claims no more blocks; repeat to wait on
                """,
                waiting.err());
    }

    @Test
    void looksAtTheNameOfAReclaimFirst() {
        Ended unknown = croft("node", "reclaim", "nope");
        assertTrue(unknown.err().startsWith("croft: NODE_UNKNOWN: "), unknown.err());
        Ended install = croft("node", "reclaim", "00000000-0000-0001-0000-000000000009");
        assertTrue(install.err().contains("confirm_powered_off is not given"), install.err());
        assertFalse(install.err().contains("\"false\""), install.err());
    }
}
