package io.croft.adapter.grpc;

import io.croft.core.block.Block;
import io.croft.core.block.Ownership;
import io.croft.core.engine.NodeView;
import io.croft.core.serving.Look;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.proto.v1.BlockState;
import io.croft.proto.v1.ListBlocksRequest;
import io.croft.proto.v1.ListBlocksResponse;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What is asked about the blocks of this node. */
final class BlockCalls {
    /** Few, because counting what is free looks at every resting address. */
    private static final int SLICE = 64;

    private record Named(String pool, Block block) {
        static final Comparator<Named> ORDER =
                Comparator.comparing(Named::pool).thenComparing(named -> named.block().id());
    }

    private final Engine engine;

    BlockCalls(Engine engine) {
        this.engine = engine;
    }

    PageStream.Source<?, ListBlocksResponse> list(
            ListBlocksRequest request, Supplier<BootTime> deadline) {
        PageStream.Source<Named, ListBlocksResponse> source =
                cursor ->
                        engine.submit(
                                new Look<>((node, now) -> {
                                    Listed.checkPool(node, request.getPool());
                                    return slice(node, now, request, cursor);
                                }),
                                deadline.get());
        return source;
    }

    private static PageStream.Slice<Named, ListBlocksResponse> slice(
            NodeView node, Moment now, ListBlocksRequest request, Optional<Named> cursor) {
        var wanted =
                node.blocks().stream()
                        .map(block -> new Named(Listed.poolName(node, block.id().pool()), block))
                        .filter(named ->
                                request.getPool().isEmpty()
                                        || named.pool().equals(request.getPool()));
        List<Named> slice = Slices.next(wanted, cursor, SLICE, Named.ORDER);
        var page =
                ListBlocksResponse.newBuilder()
                        .addAllBlocks(slice.stream().map(each -> write(each, node, now)).toList());
        return new PageStream.Slice<>(List.of(page.build()), Slices.cursor(slice, SLICE));
    }

    private static io.croft.proto.v1.Block write(Named named, NodeView node, Moment now) {
        Block block = named.block();
        Duration cooldown = node.cooldown(block.id().pool());
        var wire =
                io.croft.proto.v1.Block.newBuilder()
                        .setCidr(block.id().cidr().toString())
                        .setPool(named.pool())
                        .setState(state(block.ownership()))
                        .setHeld(block.held())
                        .setResting(block.resting(now.boot(), cooldown))
                        .setFree(block.free(now.boot(), cooldown));
        if (block.ownership() instanceof Ownership.Quarantined(var token, var cause)) {
            wire.setCause(cause.name());
        }
        return wire.build();
    }

    private static BlockState state(Ownership ownership) {
        return switch (ownership) {
            case Ownership.Claiming claiming -> BlockState.BLOCK_STATE_CLAIMING;
            case Ownership.Owned owned -> BlockState.BLOCK_STATE_OWNED;
            case Ownership.Returning returning -> BlockState.BLOCK_STATE_RETURNING;
            case Ownership.Unvalidated unvalidated -> BlockState.BLOCK_STATE_UNVALIDATED;
            case Ownership.Quarantined quarantined -> BlockState.BLOCK_STATE_QUARANTINED;
        };
    }
}
