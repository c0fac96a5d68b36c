package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers that use a container's id again, in the order of calls of each, and renamed networks. */
final class ReusedIdIT {
    @TempDir private Path dir;

    private RealAgent agent;

    @BeforeEach
    void start() {
        agent = new RealAgent(dir).start();
        agent.croft("pool create pods 10.115.0.0/24 --mode routed --default --block-size 28")
                .expectSuccess();
    }

    @AfterEach
    void end() {
        agent.close();
    }

    /** The DEL succeeds, and so does the next one, which each runtime sends now and then. */
    private void del(Pod pod) {
        for (int i = 0; i < 2; i++) {
            Answer answer = agent.shim().del(pod);
            assertTrue(answer.ok(), answer::toString);
        }
    }

    private Answer added(Pod pod) {
        Answer answer = agent.shim().add(pod);
        assertTrue(agent.shim().check(pod, answer).ok(), answer::toString);
        return answer;
    }

    private static Pod in(Pod pod, Path netns) {
        return new Pod(pod.network(), pod.container(), pod.namespace(), netns);
    }

    private static Pod on(Pod pod, String network) {
        return new Pod(network, pod.container(), pod.namespace(), pod.netns());
    }

    @Test
    void podmanRestartsAndALateDelOfTheFormerRunFreesNothing() throws IOException {
        Pod before = Place.pod(dir, "restarted");
        Answer first = added(before);
        agent.kill();
        assertTrue(agent.shim().del(before).ok());
        Path entry = Place.spool(agent).getFirst();
        Path kept = dir.resolve("kept");
        Files.copy(entry, kept);
        agent.start();
        Place.awaitEmptySpool(agent);
        Pod after = in(before, Place.pod(dir, "restarted-anew").netns());
        Answer second = added(after);
        assertNotEquals(first.addresses(), second.addresses(), "the first address rests");
        // The same DEL once more, as if it had been under way all the time.
        Files.move(kept, entry);
        Place.awaitEmptySpool(agent);
        assertTrue(agent.shim().check(after, second).ok(), agent::log);
        del(after);
        assertEquals(0, agent.list("ip list").size());
    }

    @Test
    void podmanReloadsTheNetworkOfAContainerThatRuns() {
        Pod pod = Place.pod(dir, "reloaded");
        Answer first = added(pod);
        del(pod);
        Answer second = added(pod);
        assertNotEquals(first.addresses(), second.addresses(), "the first address rests");
        assertEquals(102, agent.shim().check(pod, first).code());
        del(pod);
        assertEquals(0, agent.list("ip list").size());
    }

    @Test
    void cnitoolAddsAndDeletesUnderOneIdWithoutTheWordsOfKubernetes() {
        Pod pod = new Pod("net", "cnitool-77383ca0a0715733ca6f", "", Place.pod(dir, "x").netns());
        for (int i = 0; i < 3; i++) {
            added(pod);
            assertEquals(1, agent.list("ip list").size());
            del(pod);
            assertEquals(0, agent.list("ip list").size());
        }
    }

    @Test
    void nerdctlRemovesBeforeItSetsUp() throws IOException {
        Pod pod = Place.pod(dir, "nerd");
        del(pod);
        Answer first = added(pod);
        // It died without a DEL; the next start removes before it sets up, too.
        Files.delete(pod.netns());
        del(pod);
        Pod again = Place.pod(dir, "nerd");
        Answer second = added(again);
        assertNotEquals(first.addresses(), second.addresses());
        assertEquals(1, agent.list("ip list").size());
        del(again);
        assertEquals(0, agent.list("ip list").size());
    }

    @Test
    void aConflistIsRenamedUnderLivePods() {
        Pod old = Place.pod(dir, "old");
        Pod twice = Place.pod(dir, "twice");
        Answer given = added(old);
        added(twice);
        added(on(twice, "renamed"));
        added(on(Place.pod(dir, "new"), "renamed"));
        Answer check = agent.shim().check(on(old, "renamed"), given);
        assertEquals(102, check.code(), check::toString);
        Answer gc =
                agent.shim()
                        .speaking("1.1.0")
                        .withConf("\"cni.dev/valid-attachments\":[]")
                        .call("GC", on(old, "third"));
        assertTrue(gc.ok(), gc::toString);
        assertEquals(4, agent.list("ip list").size(), "a GC is of its own network");
        assertTrue(agent.shim().del(on(twice, "third")).ok());
        assertEquals(4, agent.list("ip list").size(), "two match, so none is meant");
        assertTrue(agent.shim().del(on(old, "renamed")).ok());
        assertEquals(3, agent.list("ip list").size(), "the one that matches is meant");
        for (Pod pod : List.of(twice, on(twice, "renamed"), on(Place.pod(dir, "new"), "renamed"))) {
            del(pod);
        }
        assertEquals(0, agent.list("ip list").size());
    }
}
