package io.croft.node.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.address.Address;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.Workload;
import io.croft.core.block.Ownership;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.Invariants;
import io.croft.core.engine.Violation;
import io.croft.core.pool.Access;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Check;
import io.croft.core.serving.Grant;
import io.croft.core.serving.Look;
import io.croft.core.serving.Release;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers of a whole node see. */
class ServingTest {
    static Allocate add(TestNode node, Attachment attachment) {
        return new Allocate(
                attachment,
                node.clock.now().boot(),
                AddressWish.NONE,
                new Workload("ns", "pod", "uid", node.inventory.create()),
                "");
    }

    static Release del(TestNode node, Attachment attachment) {
        return new Release(attachment, node.clock.now().boot(), false);
    }

    static List<Address> addresses(Grant grant) {
        return grant.allocation().addresses().stream().map(BlockAddress::address).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/24, ROUTED, 256",
        "10.0.0.0/24, GATEWAY, 253",
        "10.0.0.0/24, L2, 254",
        "fd00::/120, ROUTED, 256",
        "fd00::/120, GATEWAY, 254",
    })
    void givesEveryAddressOfAPoolOnceAndThenSaysThatItIsExhausted(
            String cidr, PoolMode mode, int capacity) {
        TestNode node = TestNode.alone(1, Some.pool("team-a", cidr, mode));
        Set<Address> given = new HashSet<>();
        for (int i = 0; i < capacity; i++) {
            Grant grant = node.ask(add(node, Some.attachment("pod-" + i)));
            assertTrue(given.addAll(addresses(grant)), "given twice");
        }
        assertEquals(capacity, given.size());
        var why = node.refusal(add(node, Some.attachment("one-more")));
        assertEquals(Reason.POOL_EXHAUSTED, why.reason());
        assertEquals(
                "pool \"team-a\" %s: %d of %d held, 0 resting".formatted(cidr, capacity, capacity),
                why.message());
        assertEquals("team-a", why.facts().get("pool"));
        assertEquals(Optional.empty(), Invariants.broken(node.state()));
        assertEquals(List.of(), node.heard.violations);
    }

    @Test
    void answersAWaitingAddInTheTurnThatAdoptsItsBlock() {
        TestNode node =
                TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED, 26, Access.OPEN));
        var wish = new AddressWish(List.of("p"), List.of());
        var answer =
                node.submit(
                        new Allocate(
                                Some.attachment("a"),
                                node.clock.now().boot(),
                                wish,
                                Workload.UNKNOWN,
                                ""));
        boolean owned = false;
        for (int turns = 0; !owned; turns++) {
            assertTrue(turns < 20, "it takes a few turns");
            assertFalse(answer.isDone());
            var _ = node.loop().turn();
            owned = node.state().blocks().stream().anyMatch(b -> b.isOwned());
        }
        assertTrue(answer.isDone());
        assertEquals(1, addresses(answer.join()).size());
    }

    @Test
    void doesNotLoseTimeBetweenAColdAddAndItsAnswer() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        var before = node.clock.now().boot();
        node.ask(add(node, Some.attachment("a")));
        assertEquals(before, node.clock.now().boot());
    }

    @Test
    void givesBothFamiliesOrNone() {
        TestNode node =
                TestNode.alone(
                        1,
                        Some.pool("four", "10.0.0.0/29", PoolMode.ROUTED),
                        Some.pool("six", "fd00::/126", PoolMode.ROUTED));
        for (int i = 0; i < 4; i++) {
            assertEquals(2, addresses(node.ask(add(node, Some.attachment("pod-" + i)))).size());
        }
        assertEquals(Reason.POOL_EXHAUSTED, node.refusal(add(node, Some.attachment("x"))).reason());
        assertEquals(4, node.state().allocations().size());
        int held = node.state().blocks().stream().mapToInt(b -> b.held()).sum();
        assertEquals(8, held);
    }

    @Test
    void givesTheSameAgain() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/24", PoolMode.GATEWAY));
        Allocate add = add(node, Some.attachment("a"));
        Grant first = node.ask(add);
        assertEquals(first, node.ask(add));
        node.pass(Duration.ofSeconds(1));
        Grant later = node.ask(add(node, Some.attachment("a")));
        assertEquals(addresses(first), addresses(later));
        assertTrue(later.allocation().sequence() > first.allocation().sequence());
    }

    @Test
    void refusesTheLateAddOfADeletedAttachment() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/24", PoolMode.ROUTED));
        Allocate late = add(node, Some.attachment("a"));
        node.pass(Duration.ofSeconds(1));
        assertFalse(node.ask(del(node, Some.attachment("a"))));
        assertEquals(Reason.DELETED_MEANWHILE, node.refusal(late).reason());
        assertEquals(
                Reason.NOT_ALLOCATED,
                node.refusal(new Check(Some.attachment("a"), Optional.empty())).reason());
        node.pass(Duration.ofSeconds(1));
        assertEquals(1, addresses(node.ask(add(node, Some.attachment("a")))).size());
    }

    @Test
    void refusesTheAddThatStillWaitsWhenItsDelComes() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/24", PoolMode.ROUTED));
        node.store.become(WeatherStore.Weather.SILENT);
        node.pass(Duration.ofSeconds(60));
        var answers = new ArrayList<CompletableFuture<Grant>>();
        for (int i = 0; i < 20; i++) {
            answers.add(node.submit(add(node, Some.attachment("pod-" + i))));
        }
        node.settle();
        int waiting = (int) answers.stream().filter(a -> !a.isDone()).count();
        assertTrue(waiting > 0);
        node.clock.advance(Duration.ofMillis(10));
        for (int i = 0; i < 20; i++) {
            var _ = node.submit(del(node, Some.attachment("pod-" + i)));
        }
        node.pass(Duration.ofMillis(200));
        assertTrue(
                answers.stream().allMatch(a -> a.isDone()), "a turn later all have their answer");
        assertEquals(0, node.state().allocations().size());
    }

    @Test
    void keepsEverythingWhenItIsKilledAndStartedAgainInTheSameBoot() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/24", PoolMode.ROUTED));
        Grant grant = node.ask(add(node, Some.attachment("a")));
        node.ask(add(node, Some.attachment("b")));
        node.ask(del(node, Some.attachment("b")));
        node.pass(Duration.ofSeconds(2));
        List<Event> before = node.state().events().toList();
        node.restart();
        node.settle();
        assertEquals(grant, node.ask(new Check(Some.attachment("a"), Optional.empty())));
        assertEquals(
                Set.copyOf(
                        before.stream()
                                .filter(e -> !(e instanceof Event.IncarnationIntended))
                                .toList()),
                Set.copyOf(
                        node.state()
                                .events()
                                .filter(e -> !(e instanceof Event.IncarnationIntended))
                                .toList()));
    }

    @Test
    void dropsAllocationsButKeepsBlocksAfterABoot() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        node.ask(add(node, Some.attachment("a")));
        var blocks = node.state().blocks().stream().map(b -> b.id()).toList();
        long sequence = node.state().nextSequence();
        node.reboot();
        node.settle();
        assertEquals(0, node.state().allocations().size());
        assertEquals(blocks, node.state().blocks().stream().map(b -> b.id()).toList());
        assertTrue(node.state().blocks().stream().allMatch(b -> b.isOwned() && b.isEmpty()));
        assertTrue(node.state().nextSequence() > sequence, "no sequence is given twice");
    }

    @Test
    void neverReusesAnAddressBeforeItsCooldownEvenAcrossARestart() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/31", PoolMode.ROUTED));
        Allocate add = add(node, Some.attachment("a"));
        Grant first = node.ask(add);
        node.ask(add(node, Some.attachment("b")));
        node.ask(del(node, Some.attachment("a")));
        node.inventory.destroy(add.workload().netns());
        var released = node.clock.now().boot();
        node.restart();
        boolean given = false;
        while (!given) {
            var why =
                    node.submit(add(node, Some.attachment("c-" + node.clock.now().boot().nanos())));
            node.pass(Duration.ofSeconds(6));
            given = !why.isCompletedExceptionally();
            if (given) {
                assertEquals(addresses(first), addresses(why.join()));
            }
        }
        Duration rested = node.clock.now().boot().since(released);
        assertTrue(rested.compareTo(Duration.ofSeconds(30)) >= 0, "rested " + rested);
        assertTrue(
                rested.compareTo(Duration.ofSeconds(50)) < 0,
                "an exhausted pool cools shorter: " + rested);
    }

    @Test
    void answersReadsFromWhatIsCommitted() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/24", PoolMode.ROUTED));
        node.ask(add(node, Some.attachment("a")));
        int held = node.ask(new Look<>((view, now) -> view.allocations().size()));
        assertEquals(1, held);
    }

    @Test
    void livesOnAfterAContradictionAndQuarantinesItsBlock() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/16", PoolMode.ROUTED));
        Grant held = node.ask(add(node, Some.attachment("a")));
        var twice =
                new Allocation(
                        Some.attachment("thief"),
                        node.state().nextSequence(),
                        Some.at(1),
                        false,
                        held.allocation().addresses(),
                        Workload.UNKNOWN,
                        node.clock.now().wall());
        var why = node.refusal((view, now) -> Decision.accept(twice, new Event.Allocated(twice)));
        assertEquals(Reason.STATE_VIOLATION, why.reason());
        assertEquals(1, node.heard.violations.size());
        Violation violation = node.heard.violations.getFirst();
        var block = node.state().block(violation.block().orElseThrow()).orElseThrow();
        assertTrue(block.ownership() instanceof Ownership.Quarantined);
        Grant other = node.ask(add(node, Some.attachment("b")));
        assertFalse(other.allocation().addresses().getFirst().block().equals(block.id()));
        assertTrue(node.ask(del(node, Some.attachment("a"))), "a DEL is served");
    }

    @Test
    void hurtsOnlyTheCallerOfAVerbThatThrows() {
        TestNode node = TestNode.alone(1, Some.pool("p", "10.0.0.0/24", PoolMode.ROUTED));
        var before = node.submit(add(node, Some.attachment("a")));
        var defect =
                node.submit((view, now) -> {
                    throw new IllegalStateException("boom");
                });
        var after = node.submit(add(node, Some.attachment("b")));
        node.pass(Duration.ofSeconds(1));
        assertTrue(defect.isCompletedExceptionally());
        assertEquals(2, Set.of(addresses(before.join()), addresses(after.join())).size());
    }
}
