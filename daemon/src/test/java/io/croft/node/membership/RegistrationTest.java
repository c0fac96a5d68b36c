package io.croft.node.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.address.Address;
import io.croft.core.allocation.Workload;
import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.engine.Timings;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Grant;
import io.croft.core.serving.Release;
import io.croft.node.port.InMemoryStore;
import io.croft.node.port.Install;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who this node is to the store, and when it may trust itself. */
class RegistrationTest {
    private static final Pool POOL = Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED);

    private static Allocate add(TestNode node, String pod) {
        return new Allocate(
                Some.attachment(pod),
                node.clock.now().boot(),
                AddressWish.NONE,
                new Workload("ns", pod, "", node.inventory.create()),
                "");
    }

    private static Address given(Grant grant) {
        return grant.allocation().addresses().getFirst().address();
    }

    private static TestNode nodeWithAPod() {
        TestNode node = TestNode.alone(7, POOL);
        assertEquals(1, node.ask(add(node, "first")).allocation().addresses().size());
        return node;
    }

    private static Set<BlockId> owned(TestNode node) {
        return node.state().blocks().stream()
                .filter(Block::isOwned)
                .map(Block::id)
                .collect(Collectors.toSet());
    }

    private static UUID installOf(TestNode node) {
        return node.registration().registrant().orElseThrow().install();
    }

    private static Install record(TestNode node, UUID install) {
        return node.store.behind.read(install).toCompletableFuture().join().orElseThrow();
    }

    /** Somebody with a copy of the journal registers. */
    private static void registerTwin(TestNode node, UUID install) {
        Install now = record(node, install);
        var twin =
                new Install(
                        now.id(),
                        now.node(),
                        now.hardwareId(),
                        now.machineId(),
                        now.bootId(),
                        now.incarnation() + 1,
                        Some.uuid("twin"),
                        now.version());
        node.store.behind.register(twin, now.incarnation()).toCompletableFuture().join();
    }

    private static void assertAllocatesNothing(TestNode node) {
        int held = node.state().allocations().size();
        var answer = node.submit(add(node, "more"));
        node.pass(Duration.ofMinutes(1));
        assertTrue(answer.isCompletedExceptionally());
        assertEquals(held, node.state().allocations().size());
    }

    @Test
    void raisesTheIncarnationAtEachStart() {
        TestNode node = nodeWithAPod();
        UUID install = installOf(node);
        long first = record(node, install).incarnation();
        node.restart();
        node.settle();
        assertEquals(install, installOf(node));
        assertEquals(first + 1, record(node, install).incarnation());
    }

    @Test
    void isSupersededByACopyThatRegisteredSinceAndNeverAllocates() {
        TestNode node = nodeWithAPod();
        UUID install = installOf(node);
        node.restart();
        registerTwin(node, install);
        node.settle();
        assertTrue(node.isSuperseded());
        assertAllocatesNothing(node);
        assertTrue(node.ask(new Release(Some.attachment("first"), node.clock.now().boot(), false)));
    }

    @Test
    void isSupersededByACopyThatRegistersTheVeryNumberThatItIntends() {
        TestNode node = nodeWithAPod();
        UUID install = installOf(node);
        boolean[] raced = new boolean[1];
        node.restart();
        node.store.beforeEachCall(() -> {
            // Between its look at the record and its registration.
            long intended = node.state().incarnation().orElseThrow().incarnation();
            if (!raced[0] && intended > record(node, install).incarnation()) {
                raced[0] = true;
                registerTwin(node, install);
            }
        });
        node.settle();
        node.pass(Duration.ofSeconds(30));
        assertTrue(raced[0]);
        assertTrue(node.isSuperseded());
        assertAllocatesNothing(node);
    }

    @Test
    void knowsItsOwnRegistrationWhoseAnswerWasLost() {
        TestNode node = nodeWithAPod();
        node.store.become(Weather.ANSWER_LOST);
        node.restart();
        node.pass(Duration.ofSeconds(3));
        node.restart();
        node.store.become(Weather.FINE);
        node.pass(Duration.ofSeconds(20));
        assertFalse(node.isSuperseded());
        assertTrue(node.registration().registrant().isPresent());
    }

    @Test
    void servesFromTheJournalAfterHalfASecondWithoutAnswerInTheSameBoot() {
        TestNode node = nodeWithAPod();
        node.store.become(Weather.SILENT);
        node.restart();
        var answer = node.submit(add(node, "second"));
        node.pass(Duration.ofMillis(499));
        assertFalse(answer.isDone());
        node.pass(Duration.ofMillis(1));
        assertEquals(1, answer.join().allocation().addresses().size());
        assertTrue(node.heard.outages.contains("store begins"));
    }

    @Test
    void servesNothingWithoutAnswerAfterABoot() {
        TestNode node = nodeWithAPod();
        node.store.become(Weather.SILENT);
        node.reboot();
        assertEquals(Reason.NOT_VALIDATED, node.refusal(add(node, "second")).reason());
        node.pass(Duration.ofMinutes(5));
        assertEquals(Set.of(), owned(node));
        node.store.become(Weather.FINE);
        node.pass(Duration.ofSeconds(20));
        assertFalse(owned(node).isEmpty());
    }

    @Test
    void servesNothingWithoutAnswerWhenTheClocksMovedAgainstEachOtherBeforeTheStart() {
        TestNode node = nodeWithAPod();
        node.store.become(Weather.SILENT);
        node.clock.setWall(node.clock.now().wall().plusSeconds(61));
        node.restart();
        assertEquals(Reason.NOT_VALIDATED, node.refusal(add(node, "second")).reason());
    }

    @Test
    void validatesAgainWhenTheClocksMoveAgainstEachOtherInALivingAgent() {
        TestNode node = nodeWithAPod();
        node.store.become(Weather.SILENT);
        node.clock.setWall(Instant.parse("1970-01-01T00:00:00Z"));
        assertEquals(Reason.NOT_VALIDATED, node.refusal(add(node, "second")).reason());
        assertTrue(node.heard.outages.contains("clock begins"));
        node.store.become(Weather.FINE);
        node.pass(Duration.ofSeconds(20));
        assertEquals(1, node.ask(add(node, "third")).allocation().addresses().size());
    }

    @Test
    void comparesWhatItTrustedAsSoonAsTheStoreAnswers() {
        TestNode node = nodeWithAPod();
        BlockId lost = node.state().allocations().iterator().next().addresses().getFirst().block();
        var owner = node.store.behind.read(lost).toCompletableFuture().join().orElseThrow();
        var me = node.registration().registrant().orElseThrow();
        node.store.become(Weather.SILENT);
        node.restart();
        node.pass(Duration.ofSeconds(2));
        assertTrue(owned(node).contains(lost), "trusted");
        node.store.behind.giveBack(lost, owner.token(), me).toCompletableFuture().join();
        node.store.become(Weather.FINE);
        node.pass(Duration.ofSeconds(20));
        assertTrue(node.state().block(lost).orElseThrow().ownership() instanceof Quarantined);
        node.pass(Timings.AFTER_LOSS);
        Grant second = node.ask(add(node, "second"));
        assertNotEquals(lost, second.allocation().addresses().getFirst().block());
    }

    @Test
    void servesWhileItComparesWhatItTrusted() {
        TestNode node = nodeWithAPod();
        node.store.become(Weather.SILENT);
        node.restart();
        node.pass(Duration.ofSeconds(2));
        Set<BlockId> trusted = owned(node);
        UUID install = node.install();
        long before = record(node, install).incarnation();
        node.store.beforeEachCall(() -> {
            // It registers, and then the store is silent again.
            if (record(node, install).incarnation() > before) {
                node.store.become(Weather.SILENT);
            }
        });
        node.store.become(Weather.FINE);
        node.pass(Duration.ofSeconds(20));
        assertTrue(record(node, install).incarnation() > before);
        assertFalse(node.heard.outages.contains("store ends"));
        assertEquals(trusted, owned(node));
        assertEquals(1, node.ask(add(node, "second")).allocation().addresses().size());
    }

    @Test
    void stopsAllocatingFromWhatItTrustedWhenItIsSuperseded() {
        TestNode node = nodeWithAPod();
        UUID install = installOf(node);
        node.store.become(Weather.SILENT);
        node.restart();
        node.pass(Duration.ofSeconds(2));
        registerTwin(node, install);
        node.store.become(Weather.FINE);
        node.pass(Duration.ofSeconds(20));
        assertTrue(node.isSuperseded());
        assertEquals(Set.of(), owned(node));
        assertAllocatesNothing(node);
    }

    @Test
    void forgetsEmptyBlocksThatTheStoreSaysAreNotItsOwn() {
        TestNode node = TestNode.alone(7, POOL);
        node.pass(Duration.ofSeconds(3));
        Set<BlockId> before = owned(node);
        assertFalse(before.isEmpty());
        var me = node.registration().registrant().orElseThrow();
        for (BlockId id : before) {
            var token = ((Owned) node.state().block(id).orElseThrow().ownership()).token();
            node.store.behind.giveBack(id, token, me).toCompletableFuture().join();
        }
        node.restart();
        node.settle();
        assertTrue(before.stream().noneMatch(owned(node)::contains));
        assertEquals(1, node.ask(add(node, "a")).allocation().addresses().size());
    }

    @Test
    void neverSharesABlockWithAnotherNode() {
        var store = new InMemoryStore();
        Pool small = Some.pool("p", "10.0.0.0/28", PoolMode.ROUTED);
        store.change(set -> set.create(small)).toCompletableFuture().join();
        var a = new TestNode("node-a", 1, store);
        var b = new TestNode("node-b", 2, store);
        Set<Address> given = new HashSet<>();
        for (int i = 0; i < 16; i++) {
            TestNode node = i % 2 == 0 ? a : b;
            var answer = node.submit(add(node, "pod-" + i));
            a.pass(Duration.ofSeconds(6));
            b.pass(Duration.ofSeconds(6));
            if (!answer.isCompletedExceptionally()) {
                assertTrue(given.add(given(answer.join())));
            }
        }
        assertTrue(given.size() > 8, "both were served: " + given);
        Set<BlockId> both = owned(a);
        both.retainAll(owned(b));
        assertEquals(Set.of(), both);
    }
}
