package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.agent.Options;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainFlagsTest {
    @Test
    void readsWhatNeedsNoJudgement() {
        var words = "agent --node n1 --run-dir=/r --single-node --label a=1 --label b=2".split(" ");
        assertEquals(
                Map.of(
                        Options.NODE,
                        List.of("n1"),
                        Options.RUN_DIR,
                        List.of("/r"),
                        Options.SINGLE_NODE,
                        List.of("true"),
                        Options.LABEL,
                        List.of("a=1", "b=2")),
                PlainFlags.read(words).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "--run-dir /r agent",
                "agent --help",
                "agent --check-config",
                "agent --nod n1",
                "agent --node",
                "agent --node --single-node",
                "agent --node n1 --node n2",
                "agent --node=",
                "agent --single-node=true",
                "agent @file",
                "agent stray"
            })
    void leavesTheRestToTheWholeParser(String line) {
        assertTrue(PlainFlags.read(line.split(" ")).isEmpty());
    }
}
