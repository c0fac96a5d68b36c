package io.croft.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.address.Address;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.block.Block;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Nodes that share a store, and whose clocks go side by side. */
public final class TestCluster {
    private static final Duration STEP = Duration.ofSeconds(1);

    public final InMemoryStore store = new InMemoryStore();
    public final List<TestNode> nodes = new ArrayList<>();
    private Duration age = Duration.ZERO;
    private int made;

    public TestCluster(Pool... pools) {
        for (Pool pool : pools) {
            store.change(set -> set.create(pool)).toCompletableFuture().join();
        }
    }

    /** A machine starts its agent. */
    public TestNode join(String name) {
        TestNode node = new TestNode(name, ++made, store, "hardware-" + made);
        node.clock.advance(age);
        node.settle();
        nodes.add(node);
        return node;
    }

    public List<TestNode> join(String prefix, int count) {
        List<TestNode> joined = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            joined.add(join(prefix + i));
        }
        return joined;
    }

    /** A machine starts from a copy of another one's disk. */
    public TestNode copy(TestNode original) {
        TestNode node = new TestNode(original.name(), ++made, store, original);
        node.clock.advance(age);
        nodes.add(node);
        return node;
    }

    /** A machine is off for good. */
    public void remove(TestNode node) {
        nodes.remove(node);
    }

    public void pass(Duration time) {
        for (Duration left = time; left.isPositive(); left = left.minus(STEP)) {
            age = age.plus(STEP);
            List.copyOf(nodes).forEach(node -> node.pass(STEP));
        }
    }

    /** No address is held twice. */
    public void assertNoDuplicates() {
        Map<Address, String> holders = new HashMap<>();
        for (TestNode node : nodes) {
            for (Allocation held : node.state().allocations()) {
                for (BlockAddress each : held.addresses()) {
                    String who = node.name() + " " + held.attachment();
                    assertNull(holders.put(each.address(), who), () -> each + " of " + who);
                }
            }
        }
    }

    /** Every block that a node would give addresses from is its own in the store. */
    public void assertOwnedAsInTheStore() {
        for (TestNode node : nodes) {
            for (Block block : node.state().blocks()) {
                if (block.ownership() instanceof Owned(Token token)) {
                    Optional<BlockOwner> owner =
                            store.read(block.id()).toCompletableFuture().join();
                    assertTrue(owner.isPresent(), () -> node.name() + " " + block.id());
                    assertEquals(Optional.of(node.install()), owner.get().install());
                    assertEquals(token, owner.get().token());
                }
            }
        }
    }

    public long held() {
        return nodes.stream().mapToLong(node -> node.state().allocations().size()).sum();
    }
}
