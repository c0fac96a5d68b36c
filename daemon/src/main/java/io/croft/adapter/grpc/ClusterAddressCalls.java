package io.croft.adapter.grpc;

import com.google.protobuf.util.Durations;
import io.croft.adapter.wire.AllocationWire;
import io.croft.core.address.Address;
import io.croft.core.block.BlockId;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.time.Clock;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.ClusterDirectory.Member;
import io.croft.node.port.Mirror;
import io.croft.node.port.PoolStore;
import io.croft.proto.v1.ClusterAddressState;
import io.croft.proto.v1.CopiedAddress;
import io.croft.proto.v1.ListClusterAllocationsRequest;
import io.croft.proto.v1.ListClusterAllocationsResponse;
import io.croft.proto.v1.LookUpClusterAddressResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What is asked about the addresses of all nodes. Answered from the copies that the nodes leave in
 * the store; each answer tells how old the copy is.
 */
final class ClusterAddressCalls {
    /** Copies in memory at a time; one has at most 16 KiB. */
    private static final int SLICE = 16;

    private final ClusterPorts cluster;
    private final PoolStore pools;
    private final Clock clock;

    ClusterAddressCalls(ClusterPorts cluster, PoolStore pools, Clock clock) {
        this.cluster = cluster;
        this.pools = pools;
        this.clock = clock;
    }

    PageStream.Source<UUID, ListClusterAllocationsResponse> list(
            ListClusterAllocationsRequest request) {
        return cursor ->
                mustKnow(cursor.isPresent() ? "" : request.getPool())
                        .thenCompose(_ ->
                                cluster.directory().members(cursor.orElse(NodeCalls.FIRST), SLICE))
                        .thenCompose(members -> slice(members, request));
    }

    /** Refused with POOL_UNKNOWN where that is the name of none; an empty name means all. */
    private CompletionStage<Boolean> mustKnow(String pool) {
        return pool.isEmpty()
                ? CompletableFuture.completedFuture(true)
                : pools.read().thenApply(all -> all.get(pool) != null);
    }

    private CompletionStage<PageStream.Slice<UUID, ListClusterAllocationsResponse>> slice(
            List<Member> members, ListClusterAllocationsRequest request) {
        var copies =
                members.stream()
                        .map(each ->
                                cluster.mirror().copyOf(each.install().id()).toCompletableFuture())
                        .toList();
        return CompletableFuture.allOf(copies.toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> {
                    var pages = new ArrayList<ListClusterAllocationsResponse>();
                    copies.forEach(
                            copy -> copy.join().ifPresent(each -> pages.add(page(each, request))));
                    return new PageStream.Slice<>(
                            pages, Slices.cursor(members, SLICE).map(last -> last.install().id()));
                });
    }

    private ListClusterAllocationsResponse page(
            Mirror.Copy copy, ListClusterAllocationsRequest request) {
        var page =
                ListClusterAllocationsResponse.newBuilder()
                        .setNode(copy.node())
                        .setLeft(copy.left());
        for (Mirror.Line line : copy.lines()) {
            boolean wanted =
                    (request.getPool().isEmpty() || request.getPool().equals(line.pool()))
                            && (request.getNamespace().isEmpty()
                                    || request.getNamespace().equals(line.namespace()));
            if (wanted) {
                page.addAddresses(write(line, copy));
            }
        }
        return page.build();
    }

    private CopiedAddress write(Mirror.Line line, Mirror.Copy copy) {
        return CopiedAddress.newBuilder()
                .setAddress(line.address())
                .setPool(line.pool())
                .setNamespace(line.namespace())
                .setPod(line.pod())
                .setContainerId(line.containerId())
                .setNode(copy.node())
                .setCopied(AllocationWire.write(copy.taken()))
                .setAge(age(copy))
                .build();
    }

    /** By two machines' wall clocks; one that is ahead makes nothing younger than now. */
    private com.google.protobuf.Duration age(Mirror.Copy copy) {
        Instant now = clock.now().wall();
        Duration age = Duration.between(copy.taken(), now);
        return Durations.fromMillis(Math.max(0, age.toMillis()));
    }

    CompletionStage<LookUpClusterAddressResponse> lookUp(String text) {
        Address address = Address.parse("address", text);
        return pools.read().thenCompose(all -> lookUp(address, all));
    }

    private CompletionStage<LookUpClusterAddressResponse> lookUp(Address address, PoolSet all) {
        var response = LookUpClusterAddressResponse.newBuilder();
        all.external().values().stream()
                .filter(range -> range.cidr().contains(address))
                .findFirst()
                .map(ExternalRange::name)
                .ifPresent(response::setExternalRange);
        Optional<Pool> pool =
                all.pools().values().stream()
                        .map(StoredPool::pool)
                        .filter(each -> each.cidr().contains(address))
                        .findFirst();
        if (pool.isEmpty()) {
            return CompletableFuture.completedFuture(
                    response.setState(ClusterAddressState.CLUSTER_ADDRESS_STATE_OUTSIDE).build());
        }
        var block = new BlockId(pool.get().id(), pool.get().blockOf(address));
        response.setPool(pool.get().name()).setBlock(block.toString());
        return cluster.blocks().read(block).thenCompose(owner -> ofOwner(address, owner, response));
    }

    private CompletionStage<LookUpClusterAddressResponse> ofOwner(
            Address address,
            Optional<BlockOwner> owner,
            LookUpClusterAddressResponse.Builder response) {
        Optional<UUID> install = owner.flatMap(BlockOwner::install);
        if (install.isEmpty()) {
            return CompletableFuture.completedFuture(
                    response.setState(ClusterAddressState.CLUSTER_ADDRESS_STATE_UNOWNED).build());
        }
        response.setNode(owner.get().node()).setInstallId(install.get().toString());
        return cluster.mirror()
                .copyOf(install.get())
                .thenApply(copy -> inCopy(address, copy, response));
    }

    private LookUpClusterAddressResponse inCopy(
            Address address,
            Optional<Mirror.Copy> copy,
            LookUpClusterAddressResponse.Builder response) {
        if (copy.isEmpty()) {
            return response.setState(ClusterAddressState.CLUSTER_ADDRESS_STATE_UNKNOWN).build();
        }
        response.setAge(age(copy.get()));
        Optional<Mirror.Line> line =
                copy.get().lines().stream()
                        .filter(each -> each.address().equals(address.toString()))
                        .findFirst();
        line.ifPresent(held -> response.setEntry(write(held, copy.get())));
        return response.setState(state(line, copy.get())).build();
    }

    private static ClusterAddressState state(Optional<Mirror.Line> line, Mirror.Copy copy) {
        if (line.isPresent()) {
            return ClusterAddressState.CLUSTER_ADDRESS_STATE_HELD;
        }
        return copy.left() > 0
                ? ClusterAddressState.CLUSTER_ADDRESS_STATE_UNKNOWN
                : ClusterAddressState.CLUSTER_ADDRESS_STATE_NOT_HELD;
    }
}
