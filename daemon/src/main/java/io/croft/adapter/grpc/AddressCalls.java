package io.croft.adapter.grpc;

import io.croft.adapter.wire.AllocationWire;
import io.croft.core.address.Address;
import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.serving.Grant;
import io.croft.core.serving.Look;
import io.croft.core.serving.ReleaseExact;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.port.PoolStore;
import io.croft.proto.v1.AddressState;
import io.croft.proto.v1.ListAllocationsRequest;
import io.croft.proto.v1.ListAllocationsResponse;
import io.croft.proto.v1.LookUpAddressResponse;
import io.croft.proto.v1.ReleaseAddressRequest;
import io.croft.proto.v1.ReleaseAddressResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What is asked about addresses of this node. */
final class AddressCalls {
    private final Engine engine;
    private final PoolStore store;

    AddressCalls(Engine engine, PoolStore store) {
        this.engine = engine;
        this.store = store;
    }

    PageStream.Source<Listed, ListAllocationsResponse> list(
            ListAllocationsRequest request, Supplier<BootTime> deadline) {
        return cursor ->
                engine.submit(
                        new Look<>((node, now) -> slice(node, now, request, cursor)),
                        deadline.get());
    }

    private static PageStream.Slice<Listed, ListAllocationsResponse> slice(
            NodeView node, Moment now, ListAllocationsRequest request, Optional<Listed> cursor) {
        Listed.checkPool(node, request.getPool());
        var all =
                request.getResting()
                        ? Listed.resting(node, now, request.getPool(), cursor, Slices.LEAST)
                        : Listed.held(node);
        var wanted =
                all.filter(e -> request.getPool().isEmpty() || e.pool().equals(request.getPool()))
                        .filter(e ->
                                request.getNamespace().isEmpty() || e.isOf(request.getNamespace()));
        int most = request.getResting() ? Slices.LEAST : Slices.sizeFor(node.allocations().size());
        List<Listed> slice = Slices.next(wanted, cursor, most, Listed.ORDER);
        List<ListAllocationsResponse> pages =
                Slices.pages(slice).stream().map(page -> page(page, now.boot())).toList();
        return new PageStream.Slice<>(pages, Slices.cursor(slice, most));
    }

    private static ListAllocationsResponse page(List<Listed> entries, BootTime now) {
        return ListAllocationsResponse.newBuilder()
                .addAllAddresses(entries.stream().map(each -> each.entry(now)).toList())
                .build();
    }

    CompletionStage<LookUpAddressResponse> lookUp(String text, BootTime deadline) {
        Address address = Address.parse("address", text);
        return store.read()
                .thenCompose(all ->
                        engine.submit(
                                new Look<>((node, now) -> lookUp(address, node, now, all)),
                                deadline));
    }

    private static LookUpAddressResponse lookUp(
            Address address, NodeView node, Moment now, PoolSet all) {
        var response = LookUpAddressResponse.newBuilder();
        all.external().values().stream()
                .filter(range -> range.cidr().contains(address))
                .findFirst()
                .map(ExternalRange::name)
                .ifPresent(response::setExternalRange);
        Optional<Pool> pool =
                node.pools().stream().filter(p -> p.cidr().contains(address)).findFirst();
        if (pool.isEmpty()) {
            return response.setState(AddressState.ADDRESS_STATE_OUTSIDE).build();
        }
        var id = new BlockId(pool.get().id(), pool.get().blockOf(address));
        response.setPool(pool.get().name()).setBlock(id.toString());
        Optional<Listed> listed = find(node, node.block(id), address, now);
        listed.ifPresent(each -> response.setEntry(each.entry(now.boot())));
        return response.setState(state(pool.get(), node.block(id), address, listed)).build();
    }

    private static AddressState state(
            Pool pool, Optional<Block> block, Address address, Optional<Listed> listed) {
        if (listed.isPresent()) {
            return listed.get().allocation().isPresent()
                    ? AddressState.ADDRESS_STATE_HELD
                    : AddressState.ADDRESS_STATE_RESTING;
        }
        if (!pool.gives(address)) {
            return AddressState.ADDRESS_STATE_RESERVED;
        }
        return block.filter(Block::isOwned).isPresent()
                ? AddressState.ADDRESS_STATE_FREE
                : AddressState.ADDRESS_STATE_ELSEWHERE;
    }

    /** Who holds it, or since when it rests; empty too once it has rested. */
    private static Optional<Listed> find(
            NodeView node, Optional<Block> block, Address address, Moment now) {
        if (block.isEmpty()) {
            return Optional.empty();
        }
        Optional<Listed> held =
                Listed.held(node).filter(each -> each.address().equals(address)).findFirst();
        BlockId id = block.get().id();
        int ordinal = id.cidr().ordinalOf(address);
        return held.or(() ->
                block.get()
                        .resting(ordinal)
                        .filter(_ ->
                                !block.get()
                                        .isRested(ordinal, now.boot(), node.cooldown(id.pool())))
                        .map(rest ->
                                new Listed(
                                        Listed.poolName(node, id.pool()),
                                        address,
                                        Optional.empty(),
                                        Optional.of(rest))));
    }

    CompletionStage<ReleaseAddressResponse> release(
            ReleaseAddressRequest request, BootTime deadline) {
        Address address = Address.parse("address", request.getAddress());
        return engine.submit(new Look<>((node, now) -> holder(node, address)), deadline)
                .thenCompose(found -> release(found, address, request.getSequence(), deadline));
    }

    private static Optional<Grant> holder(NodeView node, Address address) {
        return node.allocations().stream()
                .filter(held ->
                        held.addresses().stream().anyMatch(a -> a.address().equals(address)))
                .findFirst()
                .map(held -> Grant.of(node, held));
    }

    private CompletionStage<ReleaseAddressResponse> release(
            Optional<Grant> found, Address address, long sequence, BootTime deadline) {
        Grant grant =
                found.filter(g -> sequence == 0 || g.allocation().sequence() == sequence)
                        .orElseThrow(() -> notHeld(address, sequence).asException());
        var held = grant.allocation();
        return engine.submit(new ReleaseExact(held.attachment(), held.sequence()), deadline)
                .thenApply(freed -> {
                    if (!freed) {
                        throw notHeld(address, held.sequence()).asException();
                    }
                    return ReleaseAddressResponse.newBuilder()
                            .setAllocation(AllocationWire.write(held, grant.pools()))
                            .build();
                });
    }

    private static Rejection notHeld(Address address, long sequence) {
        String as = sequence == 0 ? "" : " under sequence " + sequence;
        return Reason.NOT_ALLOCATED
                .because("no attachment of this node holds %s%s".formatted(address, as))
                .remedy("look with croft ip show " + address)
                .with("address", address.toString());
    }
}
