package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.agent.AgentConfig;
import io.croft.agent.Options;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentCommandTest {
    private final List<AgentConfig> started = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void startsTheAgentWithItsFlags() {
        int code = run("--node", "n1", "--label", "a=b", "--label=c=d", "--wait-for-lock");
        assertEquals(0, code, err::toString);
        AgentConfig config = started.getFirst();
        assertEquals("n1", config.node());
        assertEquals(Map.of("a", "b", "c", "d"), config.labels());
        assertTrue(config.waitForLock());
    }

    @Test
    void onlyPrintsWhenItChecks() {
        assertEquals(0, run("--node=n1", "--check-config"), err::toString);
        assertEquals(List.of(), started);
        assertTrue(out.toString().contains("n1"), out::toString);
        assertTrue(out.toString().contains("--node"), out::toString);
    }

    @Test
    void showsTheHostsNameWhereNobodyNamedTheNode() {
        assertEquals(0, run("--check-config"), err::toString);
        assertTrue(
                out.toString().lines().findFirst().orElseThrow().endsWith("the host's name"),
                out::toString);
    }

    @Test
    void refusesAFlagThatItDoesNotKnow() {
        assertEquals(2, run("--nodes", "n1"));
        assertTrue(err.toString().contains("--node"), err::toString);
        assertEquals(List.of(), started);
    }

    @Test
    void saysWhichValueIsWrong() {
        assertEquals(1, run("--node", "A B"));
        assertTrue(err.toString().contains("CANNOT_START: node \"A B\" (--node)"), err::toString);
    }

    @Test
    void takesAnEmptyFlagForAValue() {
        assertEquals(0, run("--node", "n1", "--metrics-address", ""), err::toString);
        assertTrue(started.getFirst().metricsAddress().isEmpty());
    }

    @Test
    void helpNamesEveryOption() {
        assertEquals(0, run("--help"));
        Options.ALL.forEach(
                option -> assertTrue(out.toString().contains(option.flag()), option.name()));
    }

    private int run(String... args) {
        var command =
                AgentCommand.create(
                        config -> {
                            started.add(config);
                            return 0;
                        },
                        Map.of());
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return command.execute(args);
    }
}
