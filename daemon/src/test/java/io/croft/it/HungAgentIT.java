package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Calls to an agent that does not answer, or not to its end. */
final class HungAgentIT {
    private static final String POOL = "pool create pods 10.114.0.0/24 --mode routed --default";

    @TempDir private Path dir;

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void everyCallOfAStoppedAgentEndsByItselfAndNothingIsLeft() {
        try (var agent = new RealAgent(dir).start()) {
            agent.croft(POOL).expectSuccess();
            Shim shim = agent.shim().speaking("1.1.0");
            Pod leaving = Place.pod(dir, "leaving");
            Pod staying = Place.pod(dir, "staying");
            assertTrue(shim.add(leaving).ok());
            Answer stays = shim.add(staying);
            Shim checking = shim.withConf("\"prevResult\":" + stays.outcome().out());
            Shim collecting = shim.withConf("\"cni.dev/valid-attachments\":[]");
            agent.signal("STOP");
            Map<String, Program> calls = new LinkedHashMap<>();
            long began = System.nanoTime();
            calls.put("STATUS", shim.start(List.of(), "STATUS", staying));
            calls.put("CHECK", checking.start(List.of(), "CHECK", staying));
            calls.put("DEL", shim.start(List.of(), "DEL", leaving));
            calls.put("ADD", shim.start(List.of(), "ADD", Place.pod(dir, "coming")));
            calls.put("GC", collecting.start(List.of(), "GC", staying));
            calls.forEach((verb, call) -> {
                Answer answer = new Answer(call.await());
                System.out.printf(
                        "HungAgentIT: %s ended after %d ms at most%n",
                        verb, (System.nanoTime() - began) / 1_000_000);
                if (verb.equals("STATUS") || verb.equals("DEL")) {
                    assertTrue(answer.ok(), answer::toString);
                } else {
                    assertEquals(11, answer.code(), answer::toString);
                    assertTrue(answer.message().startsWith("AGENT_TIMEOUT: "), answer::message);
                }
            });
            assertEquals(2, Place.spool(agent).size(), "the DEL, and the undo of the ADD");
            agent.signal("CONT");
            Place.awaitEmptySpool(agent);
            Eventually.holds(() -> agent.list("ip list"), () -> agent.list("ip list").size() == 1);
            assertTrue(shim.check(staying, stays).ok(), "what nobody deleted is there");
        }
    }

    @Test
    void anAddWhoseAgentIsReplacedMeanwhileIsAskedForAgainAndGivenOnce() {
        try (var first = new RealAgent(dir).start();
                var second = new RealAgent(dir, "second.log").withFlag("wait-for-lock").spawn()) {
            second.awaitLog(" waiting ");
            first.croft(POOL).expectSuccess();
            first.signal("STOP");
            Pod pod = Place.pod(dir, "asking");
            Program add = first.shim().start(List.of(), "ADD", pod);
            Polling.await(add.pid());
            first.kill();
            Answer answer = new Answer(add.await());
            assertEquals(1, answer.addresses().size());
            second.awaitReady();
            assertEquals(answer.addresses(), second.shim().add(pod).addresses());
            assertEquals(List.of(pod.key()), JournalText.of(second, "allocated"));
            assertTrue(second.shim().del(pod).ok());
            assertEquals(0, second.list("ip list").size());
        }
    }
}
