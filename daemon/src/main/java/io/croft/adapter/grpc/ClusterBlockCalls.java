package io.croft.adapter.grpc;

import io.croft.core.block.BlockId;
import io.croft.core.pool.Pool;
import io.croft.core.pool.StoredPool;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockPage;
import io.croft.node.port.BlockStore;
import io.croft.node.port.PoolStore;
import io.croft.proto.v1.ClusterBlock;
import io.croft.proto.v1.ClusterBlockState;
import io.croft.proto.v1.ListClusterBlocksResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What is asked about the blocks of all nodes: pool by pool, a page of the store's at a time. */
final class ClusterBlockCalls {
    private static final Comparator<Pool> ORDER = Comparator.comparing(Pool::name);

    /** Where a list goes on: in which pool, and at which of its blocks. */
    record Place(List<Pool> pools, long from) {}

    private final BlockStore blocks;
    private final PoolStore pools;

    ClusterBlockCalls(BlockStore blocks, PoolStore pools) {
        this.blocks = blocks;
        this.pools = pools;
    }

    /** Refused with POOL_UNKNOWN where that is the name of none; an empty name means all. */
    PageStream.Source<Place, ListClusterBlocksResponse> list(String pool) {
        return cursor ->
                cursor.<CompletionStage<Place>>map(CompletableFuture::completedFuture)
                        .orElseGet(() -> begin(pool))
                        .thenCompose(this::slice);
    }

    private CompletionStage<Place> begin(String pool) {
        return pools.read()
                .thenApply(all -> {
                    List<Pool> wanted =
                            pool.isEmpty()
                                    ? all.pools().values().stream()
                                            .map(StoredPool::pool)
                                            .sorted(ORDER)
                                            .toList()
                                    : List.of(all.get(pool).pool());
                    return new Place(wanted, 0);
                });
    }

    private CompletionStage<PageStream.Slice<Place, ListClusterBlocksResponse>> slice(Place at) {
        if (at.pools().isEmpty()) {
            return CompletableFuture.completedFuture(
                    new PageStream.Slice<>(List.of(), Optional.empty()));
        }
        Pool pool = at.pools().getFirst();
        return blocks.page(pool, at.from(), Slices.PAGE)
                .thenApply(
                        page -> new PageStream.Slice<>(List.of(write(pool, page)), next(at, page)));
    }

    private static Optional<Place> next(Place at, BlockPage page) {
        if (page.next().isPresent()) {
            return Optional.of(new Place(at.pools(), page.next().getAsLong()));
        }
        List<Pool> rest = at.pools().subList(1, at.pools().size());
        return rest.isEmpty() ? Optional.empty() : Optional.of(new Place(rest, 0));
    }

    private static ListClusterBlocksResponse write(Pool pool, BlockPage page) {
        return ListClusterBlocksResponse.newBuilder()
                .addAllBlocks(
                        page.owners().entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(each -> write(pool, each.getKey(), each.getValue()))
                                .toList())
                .build();
    }

    private static ClusterBlock write(Pool pool, BlockId block, BlockOwner owner) {
        return ClusterBlock.newBuilder()
                .setCidr(block.cidr().toString())
                .setPool(pool.name())
                .setNode(owner.node())
                .setInstallId(owner.install().map(UUID::toString).orElse(""))
                .setState(
                        owner.install().isPresent()
                                ? ClusterBlockState.CLUSTER_BLOCK_STATE_OWNED
                                : ClusterBlockState.CLUSTER_BLOCK_STATE_RETURNED)
                .setGeneration(owner.token().generation())
                .setEpoch(owner.token().epoch())
                .build();
    }
}
