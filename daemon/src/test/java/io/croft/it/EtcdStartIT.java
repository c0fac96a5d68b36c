package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents that start beside an etcd that refuses, is silent, is empty, or wants another user. */
final class EtcdStartIT {
    @TempDir private Path dir;

    @Test
    void anAgentOfTheSameBootServesFromItsJournalWithoutEtcd() {
        try (var place = EtcdPlace.one(dir)) {
            RealAgent agent = place.agent("a").start();
            agent.croft("pool create pods 10.92.0.0/16 --block-size 24 --default").expectSuccess();
            Pod pod = Place.pod(dir, "before");
            List<String> before = agent.shim().add(pod).addresses();

            agent.kill();
            place.etcd().member(0).pause();
            agent.start();
            expectServing(agent, pod, before, "silent");
            agent.kill();
            place.etcd().member(0).goOn();
            place.etcd().killAll();
            agent.start();
            expectServing(agent, pod, before, "refusing");
            place.etcd().startAll();
            agent.awaitLog("outage_ended of=store");
            expectServing(agent, pod, before, "present");
        }
    }

    private void expectServing(RealAgent agent, Pod pod, List<String> before, String etcd) {
        assertEquals(before, agent.shim().add(pod).addresses(), etcd);
        Answer more = agent.shim().add(Place.pod(dir, "with-etcd-" + etcd));
        assertTrue(more.ok(), () -> more + agent.log());
    }

    @Test
    void anEtcdWithoutAStoreIsAnErrorAndNoFreshStart() {
        try (var place = EtcdPlace.empty(dir, EtcdSetup.one(EtcdVersion.newest()))) {
            RealAgent agent = place.agent("a").spawn();
            Eventually.holds(agent::log, () -> agent.log().contains("croft store init"));
            place.croft("store init").expectSuccess();
            if (!agent.isAlive()) {
                agent.spawn();
            }
            Eventually.holds(agent::log, () -> agent.log().contains(" ready "));
            // The agent looks again after a pause; until then it says that a retry helps.
            Eventually.holds(
                    agent::log,
                    () -> agent.croft("pool create pods 10.92.0.0/16 --default").exit() == 0);
            assertTrue(agent.shim().add(Place.pod(dir, "pod")).ok());
            place.croft("store init").expectSuccess();
            assertEquals(1, agent.list("pool list").size(), "it is made once");
        }
    }

    @Test
    void twoClustersInOneEtcdShareNothing() {
        try (var place = EtcdPlace.one(dir)) {
            place.croft("store init", "other").expectSuccess();
            for (String cluster : List.of("it", "other")) {
                RealAgent agent = place.agent("a", "a", cluster).start();
                agent.croft("pool create pods 10.92.0.0/24 --default").expectSuccess();
                Answer answer =
                        agent.shim()
                                .withConf("\"runtimeConfig\":{\"ips\":[\"10.92.0.77\"]}")
                                .add(Place.pod(dir, cluster));
                assertEquals(List.of("10.92.0.77"), answer.addresses());
                assertEquals(1, agent.list("node list").size());
            }
        }
    }

    @Test
    void aSecondMachineOfTheSameNameIsRefusedWhileTheFirstIsLive() {
        try (var place = EtcdPlace.one(dir)) {
            RealAgent first = place.agent("a").start();
            first.croft("pool create pods 10.92.0.0/24 --default").expectSuccess();
            assertTrue(first.shim().add(Place.pod(dir, "first")).ok());
            RealAgent second = place.agent("b", "a", "it").spawn();
            Eventually.holds(second::log, () -> second.log().contains("which is live"));
            if (second.isAlive()) {
                assertFalse(second.shim().add(Place.pod(dir, "second")).ok(), second.log());
            }
            assertTrue(first.shim().add(Place.pod(dir, "still")).ok(), first.log());
        }
    }

    @Test
    void anEtcdThatRefusesTheUserIsNamed() {
        try (var place = EtcdPlace.one(dir)) {
            place.etcd().tool().enableUsers("secret", "croft", "right", "/croft/v1/it/");
            Path password = dir.resolve("password");
            Place.write(password, "wrong\n");
            Program.run("chmod", "600", password.toString()).expectSuccess();
            RealAgent agent =
                    place.agent("a")
                            .with("store-user", "croft")
                            .with("store-password-file", password.toString())
                            .spawn();
            Eventually.holds(agent::log, () -> agent.log().contains("STORE_DENIED"));
            Place.write(password, "right\n");
            if (!agent.isAlive()) {
                agent.spawn();
            }
            // It reads the file again for each try: a renewed password needs no restart.
            Eventually.holds(
                    agent::log,
                    () -> agent.croft("pool create pods 10.92.0.0/24 --default").exit() == 0);
            Eventually.holds(agent::log, () -> agent.shim().add(Place.pod(dir, "pod")).ok());
            assertFalse(agent.log().contains("right"), "no password in the log");
        }
    }
}
