package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Callers with an environment, a stdin or a stdout that none should have. */
final class HostileCallerIT {
    /** The plugin with its stdin from the file of that name. */
    private static final List<String> FROM_FILE = List.of("sh", "-c", "exec \"$0\" <\"$INPUT\"");

    /** The same, and the shell holds the other end of a pipe open as long as it lives. */
    private static final List<String> FROM_OPEN_PIPE =
            List.of("sh", "-c", "exec \"$0\" <>\"$INPUT\"");

    private static final int VARIABLES = 10_000;

    @TempDir private Path dir;

    private RealAgent agent;
    private Pod pod;

    @BeforeEach
    void start() {
        agent = new RealAgent(dir).start();
        agent.croft("pool create pods 10.117.0.0/24 --mode routed --default --block-size 28")
                .expectSuccess();
        pod = Place.pod(dir, "pod");
    }

    @AfterEach
    void end() {
        agent.close();
    }

    private void expectNothingHeld(Object what) {
        Eventually.holds(
                () -> what + ": " + agent.list("ip list"), () -> agent.list("ip list").isEmpty());
        assertEquals(List.of(), Place.spool(agent), what::toString);
    }

    private Answer add(Map<String, String> environment) {
        return new Answer(Shim.start(List.of(), environment, agent.shim().conf(pod)).await());
    }

    @Test
    void aResultThatNobodyCanReadIsNotHeld() {
        for (String output : List.of(">&-", ">&- 2>&-", ">/dev/full", "1</dev/null", "| true")) {
            var under = List.of("sh", "-c", "\"$0\" " + output + " || exit 1; exit 0");
            Program.Outcome outcome = agent.shim().start(under, "ADD", pod).await();
            if (!output.startsWith("|")) {
                assertEquals(1, outcome.exit(), output);
                expectNothingHeld(output);
            } else {
                // Whether a result went into the pipe before its reader ended is not to be known.
                assertTrue(agent.shim().del(pod).ok());
                expectNothingHeld(output);
            }
        }
        var late = List.of("sh", "-c", "\"$0\" | { head -c 1; sleep 1; cat; }");
        Answer answer = new Answer(agent.shim().start(late, "ADD", pod).await());
        assertEquals(1, answer.addresses().size(), "a slow reader gets it");
        for (String output : List.of(">&-", ">/dev/full")) {
            var under = List.of("sh", "-c", "exec \"$0\" " + output);
            agent.shim().start(under, "DEL", pod).await().expectSuccess();
        }
        expectNothingHeld("DEL");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aSenselessInputIsRefusedAndChangesNothing() throws IOException {
        String conf = agent.shim().conf(pod);
        Path pipe = dir.resolve("pipe");
        Program.run("mkfifo", pipe.toString()).expectSuccess();
        Program open = input(FROM_OPEN_PIPE, "ADD", pipe);
        Program openDel = input(FROM_OPEN_PIPE, "DEL", pipe);
        String deep = "[".repeat(200_000) + "]".repeat(200_000);
        Map<String, byte[]> inputs =
                Map.of(
                        "empty", new byte[0],
                        "10 MB",
                                ("{\"x\":\"" + "x".repeat(10_000_000) + "\"," + conf.substring(1))
                                        .getBytes(StandardCharsets.UTF_8),
                        "not UTF-8",
                                conf.replace("\"test\"", "\"t\u00ff\"")
                                        .getBytes(StandardCharsets.ISO_8859_1),
                        "deep", deep.getBytes(StandardCharsets.UTF_8),
                        "cut off",
                                conf.substring(0, conf.length() - 5)
                                        .getBytes(StandardCharsets.UTF_8),
                        "two", (conf + conf).getBytes(StandardCharsets.UTF_8));
        for (String verb : List.of("ADD", "DEL")) {
            for (Map.Entry<String, byte[]> input : inputs.entrySet()) {
                Path file = Files.write(dir.resolve("input"), input.getValue());
                Answer answer = new Answer(input(FROM_FILE, verb, file).await());
                assertEquals(6, answer.code(), input.getKey() + ": " + answer);
            }
            Answer endless = new Answer(input(FROM_FILE, verb, Path.of("/dev/zero")).await());
            assertEquals(6, endless.code(), endless::toString);
        }
        for (Program each : List.of(open, openDel)) {
            Answer answer = new Answer(each.await());
            assertEquals(5, answer.code(), answer::toString);
        }
        expectNothingHeld("senseless inputs");
    }

    private Program input(List<String> under, String verb, Path file) {
        Map<String, String> environment = Shim.environment(verb, pod);
        environment.put("INPUT", file.toString());
        return Shim.start(under, environment, "");
    }

    @Test
    void equalKeysAndDeepNestingWhereNobodyLooksAreServed() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        Shim shim =
                agent.shim()
                        .withConf("\"x\":" + deep + ",\"name\":\"a b\",\"name\":\"net\"")
                        .withIpam("\"type\":\"croft\"");
        assertEquals(1, shim.add(pod).addresses().size());
        assertTrue(shim.del(pod).ok());
        expectNothingHeld("equal keys");
    }

    @Test
    void aHostileEnvironmentIsRefusedOrServedAndNeverBreaksOut() {
        for (String id :
                List.of(
                        "../../../etc/passwd",
                        "a/b",
                        ".",
                        "..",
                        "-x",
                        "a b",
                        "a\nb",
                        "a\\b",
                        "é",
                        "%s%n",
                        "$(reboot)",
                        "x".repeat(129),
                        "x".repeat(100_000))) {
            Map<String, String> environment = Shim.environment("ADD", pod);
            environment.put("CNI_CONTAINERID", id);
            Answer answer = add(environment);
            assertEquals(4, answer.code(), () -> id + ": " + answer);
            environment.put("CNI_COMMAND", "DEL");
            Answer deleted = add(environment);
            // Too long is no form that is forbidden, so there can be no such pod.
            assertEquals(id.startsWith("xx") ? 0 : 4, deleted.code(), deleted::toString);
        }
        for (String args :
                List.of(
                        "=",
                        "a=b=c",
                        ";;;",
                        "K8S_POD_NAME",
                        "IP=../../etc",
                        "IP=",
                        "IP=1.2.3.4.5",
                        "IP=10.117.0.7,10.117.0.8",
                        "K8S_POD_NAME=a\nb",
                        "K8S_POD_NAMESPACE=\u0001",
                        "K8S_POD_UID=" + "u".repeat(100_000),
                        "IgnoreUnknown=perhaps;x=y",
                        "K8S_POD_NAME=not found: no such file or directory",
                        "x=y;".repeat(20_000))) {
            Map<String, String> environment = Shim.environment("ADD", pod);
            environment.put("CNI_ARGS", args);
            Answer answer = add(environment);
            if (answer.ok()) {
                assertEquals(1, answer.addresses().size());
            } else {
                assertTrue(List.of(4, 7).contains(answer.code()), answer::toString);
                assertFalse(answer.message().isEmpty(), answer::toString);
                expectNothingHeld(args);
            }
            environment.put("CNI_COMMAND", "DEL");
            assertTrue(add(environment).ok(), args);
        }
        Map<String, String> environment = Shim.environment("ADD", pod);
        for (int i = 0; i < VARIABLES; i++) {
            environment.put("VARIABLE_" + i, "value " + i);
        }
        assertEquals(1, add(environment).addresses().size());
        environment.put("CNI_COMMAND", "DEL");
        assertTrue(add(environment).ok());
        expectNothingHeld("environments");
        assertNotEquals(0, JournalText.all(agent).size());
    }
}
