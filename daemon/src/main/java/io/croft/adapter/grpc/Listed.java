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
import io.croft.core.time.BootTime;
import io.croft.proto.v1.AddressEntry;
import java.util.Comparator;
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

    /** All that rest, in no order. */
    static Stream<Listed> resting(NodeView node) {
        return node.blocks().stream().flatMap(block -> resting(node, block));
    }

    private static Stream<Listed> resting(NodeView node, Block block) {
        String pool = poolName(node, block.id().pool());
        return block.resting().stream()
                .map(each ->
                        new Listed(
                                pool,
                                block.id().cidr().at(each.ordinal()),
                                Optional.empty(),
                                Optional.of(each)));
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
