package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that a gate lets go together: 64 pods, or 32 pods each asked for by two processes. */
final class AtOnceIT {
    private static final int PROCESSES = 64;

    /** The long run: {@code -Dcroft.bursts=100}. */
    private static final int BURSTS = Integer.getInteger("croft.bursts", 4);

    /** One shell that starts them all; they wait at the gate, and who comes late finds it open. */
    private static final String RUNTIME =
            """
            i=0
            while [ $i -lt $PROCESSES ]; do
                (
                    CNI_CONTAINERID=$NAME-$((i % PODS))
                    CNI_NETNS=$DIR/ns-$CNI_CONTAINERID
                    export CNI_CONTAINERID CNI_NETNS
                    : <"$GATE"
                    "$0" <"$CONF" >"$OUT/$i"
                    echo $? >"$OUT/$i.exit"
                ) &
                i=$((i + 1))
            done
            exec 9>"$GATE"
            wait
            """;

    @TempDir private Path dir;

    private RealAgent agent;

    @BeforeEach
    void start() {
        agent = new RealAgent(dir).start();
        agent.croft(
                        "pool create pods 10.112.0.0/19 --mode routed --default --block-size 26 --cooldown 30s")
                .expectSuccess();
    }

    @AfterEach
    void end() {
        agent.close();
    }

    @Test
    void eachPodGetsAnAddressOfItsOwnAndNoneIsLeft() throws IOException {
        int given = 0;
        for (int burst = 0; burst < BURSTS; burst++) {
            int callersOfAPod = 1 + burst % 2;
            String name = "burst-" + burst;
            List<Pod> pods = new ArrayList<>();
            for (int i = 0; i < PROCESSES / callersOfAPod; i++) {
                pods.add(Place.pod(dir, name + "-" + i));
            }
            Map<String, String> addresses = new HashMap<>();
            Set<String> users = new HashSet<>();
            List<Answer> answers = atOnce("ADD", name, pods);
            for (int i = 0; i < answers.size(); i++) {
                String key = pods.get(i % pods.size()).key();
                String address = answers.get(i).addresses().getFirst();
                String before = addresses.putIfAbsent(key, address);
                assertTrue(before == null || before.equals(address), "two addresses for " + key);
                if (before == null) {
                    assertTrue(users.add(address), address + " was given twice");
                }
            }
            given += pods.size();
            for (Answer answer : atOnce("DEL", name, pods)) {
                assertTrue(answer.ok(), answer::toString);
            }
            assertEquals(0, agent.list("ip list").size(), () -> agent.croft("ip list").out());
            for (Pod pod : pods) {
                Files.delete(pod.netns());
            }
        }
        System.out.printf(
                "AtOnceIT: %d bursts of %d ADDs and as many DELs, %d addresses given%n",
                BURSTS, PROCESSES, given);
        assertEquals(List.of(), Place.spool(agent));
    }

    /** The answer to the process i is about the pod i modulo their number. */
    private List<Answer> atOnce(String verb, String name, List<Pod> pods) throws IOException {
        Path place = Files.createDirectory(dir.resolve(name + verb));
        Path gate = place.resolve("gate");
        Program.run("mkfifo", gate.toString()).expectSuccess();
        Map<String, String> environment = Shim.environment(verb, pods.getFirst());
        environment.put("PROCESSES", Integer.toString(PROCESSES));
        environment.put("PODS", Integer.toString(pods.size()));
        environment.put("NAME", name);
        environment.put("DIR", dir.toString());
        environment.put("GATE", gate.toString());
        environment.put("OUT", place.toString());
        Path conf = Files.writeString(place.resolve("conf"), agent.shim().conf(pods.getFirst()));
        environment.put("CONF", conf.toString());
        List<String> runtime = List.of("sh", "-c", RUNTIME);
        Program.Outcome ended = Shim.start(runtime, environment, "").await();
        ended.expectSuccess();
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            String out = Files.readString(place.resolve(Integer.toString(i)));
            String exit = Files.readString(place.resolve(i + ".exit")).strip();
            var outcome =
                    new Program.Outcome(List.of(verb), Integer.parseInt(exit), out, ended.err());
            answers.add(new Answer(outcome));
        }
        return answers;
    }
}
