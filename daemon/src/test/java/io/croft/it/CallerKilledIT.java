package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Main plugins that are killed while their ADD is under way, with the shim or without it. */
final class CallerKilledIT {
    /** The long run: {@code -Dcroft.callers=500}. */
    private static final int CALLERS = Integer.getInteger("croft.callers", 60);

    private static final int CALLERS_OF_A_STOPPED_AGENT = 10;

    private static final Seed SEED = Seed.ofThisRun();

    /** What befalls a caller besides its death. */
    private enum Then {
        /** Nothing: its runtime forgets the pod. The orphan itself has to see to it. */
        NOTHING,
        /** As containerd does: the DEL begins while the orphan may still be under way. */
        DEL,
        /** The shim is killed with it, as all of a control group; then comes the DEL. */
        SHIM_KILLED_AND_DEL
    }

    @TempDir private Path dir;

    private RealAgent agent;

    @BeforeEach
    void start() {
        agent = new RealAgent(dir).start();
        agent.croft("pool create pods 10.95.0.0/22 --default --block-size 24 --cooldown 30s")
                .expectSuccess();
    }

    @AfterEach
    void end() {
        agent.close();
    }

    @Test
    void leaveNoAddressBehind() {
        System.out.println("CallerKilledIT " + SEED.repeats(CallerKilledIT.class));
        SplittableRandom random = SEED.random();
        var life = new LifeSpan(random.split());
        List<Pod> pods = new ArrayList<>();
        Set<String> delivered = new HashSet<>();
        int withShim = 0;
        for (int i = 0; i < CALLERS; i++) {
            Pod pod = Place.pod(dir, "orphan-" + i);
            pods.add(pod);
            Then then = Then.values()[random.nextInt(Then.values().length)];
            withShim += then == Then.SHIM_KILLED_AND_DEL ? 1 : 0;
            Program caller = agent.shim().start(livingFor(life.next(), then), "ADD", pod);
            caller.awaitDeath();
            if (then != Then.NOTHING) {
                del(pod);
            }
            boolean told = caller.await().out().contains("\"ips\"");
            if (told) {
                // Its runtime has the result, and so the duty.
                delivered.add(pod.key());
                del(pod);
            }
            life.ended(told);
        }
        expectNothingHeld();
        pods.forEach(this::del);
        expectNothingHeld();
        Set<String> between = new HashSet<>(JournalText.of(agent, "allocated"));
        between.retainAll(pods.stream().map(Pod::key).toList());
        between.removeAll(delivered);
        System.out.printf(
                "CallerKilledIT: %d callers killed, %d with their shim; %d had got the result, %d addresses were given and told to nobody%n",
                CALLERS, withShim, delivered.size(), between.size());
        assertTrue(delivered.size() < CALLERS, "no caller was killed in time");
        assertFalse(between.isEmpty(), "no caller was killed between request and reply");
    }

    /** {@code timeout} kills its group, or in the foreground the caller only. */
    private static List<String> livingFor(String seconds, Then then) {
        List<String> command = new ArrayList<>(List.of("timeout", "--signal=KILL"));
        if (then != Then.SHIM_KILLED_AND_DEL) {
            command.add("--foreground");
        }
        command.add(seconds);
        command.addAll(Shim.PARENT);
        return command;
    }

    private void del(Pod pod) {
        Answer answer = agent.shim().del(pod);
        assertTrue(answer.ok(), answer::toString);
    }

    @Test
    void whatTheyAskedOfABusyAgentIsTakenBack() {
        List<Program> parents = new ArrayList<>();
        agent.signal("STOP");
        for (int i = 0; i < CALLERS_OF_A_STOPPED_AGENT; i++) {
            parents.add(agent.shim().start(Shim.PARENT, "ADD", Place.pod(dir, "sent-" + i)));
        }
        parents.forEach(parent -> Polling.awaitBelow(parent.pid()));
        parents.forEach(Program::shoot);
        for (Program parent : parents) {
            assertFalse(parent.kill().out().contains("\"ips\""), "nobody would use it");
        }
        agent.signal("CONT");
        expectNothingHeld();
        assertEquals(0, agent.list("ip list").size());
    }

    private void expectNothingHeld() {
        Place.awaitEmptySpool(agent);
        Eventually.holds(
                () -> agent.list("ip list") + SEED.repeats(CallerKilledIT.class),
                () -> agent.list("ip list").isEmpty());
    }
}
