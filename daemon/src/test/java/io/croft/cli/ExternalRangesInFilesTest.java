package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.grpc.TestAgent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** External ranges beside the pools of a file. */
final class ExternalRangesInFilesTest {
    private static final String BOTH =
            """
            name: pods
            cidr: 10.1.0.0/16
            isDefault: true
            ---
            external: services
            cidr: 10.96.0.0/12
            description: Services of the cluster
            """;

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

    private Ended apply(String file) {
        return croft(file, "pool", "apply", "-f", "-");
    }

    private Ended croft(String in, String... words) {
        return Ended.of(in, Map.of("CROFT_RUN_DIR", directory.toString()), List.of(words));
    }

    private String ranges() {
        return croft("", "external", "list").out();
    }

    @Test
    void areMadeWithItsPoolsAndStayAsTheyAre() {
        assertEquals("external range services created\npool pods created\n", apply(BOTH).out());
        assertEquals("external range services unchanged\npool pods unchanged\n", apply(BOTH).out());
        assertTrue(ranges().contains("services  10.96.0.0/12  Services of the cluster"), ranges());
    }

    @Test
    void areChangedWhereTheyDiffer() {
        apply(BOTH);
        assertEquals(
                "external range services changed: cidr 10.96.0.0/12 -> 10.97.0.0/16, description Services of the cluster -> \n",
                apply("external: services\ncidr: 10.97.0.0/16\n").out());
        assertTrue(ranges().contains("10.97.0.0/16"), ranges());
    }

    @Test
    void moveOutOfTheWayOfAPoolOfTheSameFile() {
        apply("external: nodes\ncidr: 10.2.0.0/15\n");
        String file = "- {name: team, cidr: 10.3.0.0/24}\n- {external: nodes, cidr: 10.2.0.0/16}\n";
        assertEquals(
                "external range nodes changed: cidr 10.2.0.0/15 -> 10.2.0.0/16\npool team created\n",
                apply(file).out());
    }

    @Test
    void areRefusedTogetherWithAllElseInTheFile() {
        Ended refused = apply(BOTH + "---\nexternal: nodes\ncidr: 10.1.2.0/24\n");
        assertEquals(1, refused.code());
        assertTrue(
                refused.err()
                        .startsWith(
                                "croft: RANGE_OVERLAPS: pool \"pods\" 10.1.0.0/16 overlaps external range \"nodes\""),
                refused.err());
        assertTrue(ranges().startsWith("no external ranges"), ranges());
        assertTrue(croft("", "pool", "list").out().startsWith("no pools"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{external: a, cidr: 10.9.0.0/16, mode: l2}|key \"mode\": an external range has no such key",
                "{external: a, name: b, cidr: 10.9.0.0/16}|key \"name\": an external range has no such key",
                "{external: a, cidrs: 10.9.0.0/16}|did you mean cidr",
                "{external: a}|cidr \"\"",
                "{external: a, cidr: 10.9.0.0/33}|cidr \"10.9.0.0/33\"",
                "{external: a, cidr: 7}|cidr \"7\": must be text",
                "{external: 7, cidr: 10.9.0.0/16}|external \"7\": must be text",
                "{external: [a], cidr: 10.9.0.0/16}|external \"[a]\": must be text",
                "{external: A, cidr: 10.9.0.0/16}|name \"A\": must be 1 to 63 lower case letters",
                "[{external: a, cidr: 10.9.0.0/16}, {external: a, cidr: 10.8.0.0/16}]|external \"a\": is asked for twice"
            })
    void areRefusedWithFieldAndValue(String file, String words) {
        Ended refused = apply(file);
        assertEquals(1, refused.code(), refused.err());
        assertTrue(refused.err().startsWith("croft: INVALID_FIELD: "), refused.err());
        assertTrue(refused.err().contains(words), refused.err());
    }
}
