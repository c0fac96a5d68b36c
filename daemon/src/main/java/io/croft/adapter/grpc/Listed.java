package io.croft.adapter.grpc;

import com.google.protobuf.util.Durations;
import io.croft.adapter.wire.AllocationWire;
import io.croft.core.address.Address;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Workload;
import io.croft.core.block.Block;
import io.croft.core.block.Resting;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.rejection.Reason;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.proto.v1.AddressEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One address of this node that is held or rests, with what people want to know of it. Ordered by
 * pool name and address.
 *
 * @param allocation whose it is; empty: it rests
 * @param resting since when it rests; empty: it is held
 */
record Listed(
        String pool, Address address, Optional<Allocation> allocation, Optional<Resting> resting) {
    static final Comparator<Listed> ORDER =
            Comparator.comparing(Listed::pool).thenComparing(Listed::address);

    /** All that are held, in no order. */
    static Stream<Listed> held(NodeView node) {
        return node.allocations().stream()
                .flatMap(each ->
                        each.addresses().stream()
                                .map(a ->
                                        new Listed(
                                                poolName(node, a.block().pool()),
                                                a.address(),
                                                Optional.of(each),
                                                Optional.empty())));
    }

    /**
     * Those that may not be given again yet, behind the cursor: at least the next {@code least} of
     * them, a block at a time, because blocks have an order and a block is short.
     *
     * @param pool name of the only pool; empty: all
     */
    static Stream<Listed> resting(
            NodeView node, Moment now, String pool, Optional<Listed> cursor, int least) {
        List<Block> blocks =
                node.blocks().stream()
                        .filter(block -> block.restingCount() > 0)
                        .filter(block -> pool.isEmpty() || pool.equals(poolName(node, block)))
                        .sorted(
                                Comparator.comparing((Block block) -> poolName(node, block))
                                        .thenComparing(block -> block.id().cidr()))
                        .toList();
        var found = new ArrayList<Listed>();
        for (Block block : blocks) {
            var last =
                    new Listed(
                            poolName(node, block),
                            block.id().cidr().last(),
                            Optional.empty(),
                            Optional.empty());
            if (found.size() < least && isBehind(cursor, last)) {
                resting(node, block, now)
                        .filter(each -> isBehind(cursor, each))
                        .forEach(found::add);
            }
        }
        return found.stream();
    }

    private static boolean isBehind(Optional<Listed> cursor, Listed each) {
        return cursor.isEmpty() || ORDER.compare(each, cursor.get()) > 0;
    }

    private static String poolName(NodeView node, Block block) {
        return poolName(node, block.id().pool());
    }

    private static Stream<Listed> resting(NodeView node, Block block, Moment now) {
        String pool = poolName(node, block.id().pool());
        Duration cooldown = node.cooldown(block.id().pool());
        return block.resting().stream()
                .filter(each -> !block.isRested(each.ordinal(), now.boot(), cooldown))
                .map(each ->
                        new Listed(
                                pool,
                                block.id().cidr().at(each.ordinal()),
                                Optional.empty(),
                                Optional.of(each)));
    }

    /** Refuses the name of a pool that this node neither knows nor has a block of; empty: all. */
    static void checkPool(NodeView node, String pool) {
        boolean known =
                pool.isEmpty()
                        || node.pools().stream().anyMatch(each -> each.name().equals(pool))
                        || node.blocks().stream().anyMatch(b -> poolName(node, b).equals(pool));
        if (!known) {
            throw Reason.POOL_UNKNOWN
                    .because("there is no pool \"%s\"".formatted(pool))
                    .with("pool", pool)
                    .asException();
        }
    }

    /** A pool that is gone from the store is known by its uid. */
    static String poolName(NodeView node, PoolId id) {
        return node.pool(id).map(Pool::name).orElseGet(id::toString);
    }

    boolean isOf(String namespace) {
        return allocation.filter(a -> a.workload().namespace().equals(namespace)).isPresent();
    }

    AddressEntry entry(BootTime now) {
        var entry = AddressEntry.newBuilder().setAddress(address.toString()).setPool(pool);
        allocation.ifPresent(held ->
                entry.setAttachment(AllocationWire.write(held.attachment()))
                        .setWorkload(AllocationWire.write(held.workload()))
                        .setSince(AllocationWire.write(held.since()))
                        .setSequence(held.sequence()));
        resting.ifPresent(rest -> {
            entry.setRested(Durations.fromNanos(now.since(rest.since()).toNanos()))
                    .setVacated(rest.vacated());
            rest.netns()
                    .ifPresent(seen ->
                            entry.setWorkload(
                                    AllocationWire.write(
                                            new Workload("", "", "", Optional.of(seen)))));
        });
        return entry.build();
    }
}
