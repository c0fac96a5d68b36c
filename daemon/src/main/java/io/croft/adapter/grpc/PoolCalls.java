package io.croft.adapter.grpc;

import io.croft.adapter.wire.PoolWarnings;
import io.croft.adapter.wire.PoolWire;
import io.croft.adapter.wire.WantedPools;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.PoolState;
import io.croft.core.pool.StoredPool;
import io.croft.core.serving.Look;
import io.croft.core.time.BootTime;
import io.croft.node.port.PoolStore;
import io.croft.proto.v1.ApplyPoolsRequest;
import io.croft.proto.v1.ApplyPoolsResponse;
import io.croft.proto.v1.CreatePoolRequest;
import io.croft.proto.v1.CreatePoolResponse;
import io.croft.proto.v1.ListPoolsResponse;
import io.croft.proto.v1.UpdatePoolRequest;
import io.croft.proto.v1.UpdatePoolResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What is asked about pools. The store decides about a change, and answers when this node uses it,
 * so that the next Allocate here sees it.
 */
final class PoolCalls {
    private static final int SLICE = 64;

    private final Engine engine;
    private final PoolStore store;
    private final Supplier<UUID> uids;

    /**
     * @param uids a new random one each time
     */
    PoolCalls(Engine engine, PoolStore store, Supplier<UUID> uids) {
        this.engine = engine;
        this.store = store;
        this.uids = uids;
    }

    CompletionStage<CreatePoolResponse> create(CreatePoolRequest request, BootTime deadline) {
        var id = new PoolId(uids.get());
        Pool pool = PoolWire.read(id, request.getName(), PoolState.ACTIVE, request.getSpec());
        pool.access().checkNamespaces();
        return edit(all -> all.create(pool), request.getValidateOnly(), deadline)
                .thenCompose(all ->
                        show(all, pool.name(), deadline)
                                .thenApply(shown ->
                                        CreatePoolResponse.newBuilder()
                                                .setPool(shown)
                                                .addAllWarnings(PoolWarnings.of(pool, all))
                                                .build()));
    }

    CompletionStage<UpdatePoolResponse> update(UpdatePoolRequest request, BootTime deadline) {
        UnaryOperator<PoolSet> change =
                all ->
                        all.update(
                                changed(all.get(request.getName()).pool(), request),
                                request.getEtag());
        return edit(change, request.getValidateOnly(), deadline)
                .thenCompose(all ->
                        show(all, request.getName(), deadline)
                                .thenApply(shown ->
                                        UpdatePoolResponse.newBuilder()
                                                .setPool(shown)
                                                .addAllWarnings(
                                                        PoolWarnings.of(
                                                                all.get(request.getName()).pool(),
                                                                all))
                                                .build()));
    }

    private static Pool changed(Pool old, UpdatePoolRequest request) {
        Pool changed = PoolWire.changed(old, request.getSpec());
        if (!changed.access().namespaces().equals(old.access().namespaces())) {
            changed.access().checkNamespaces();
        }
        return changed;
    }

    CompletionStage<ApplyPoolsResponse> apply(ApplyPoolsRequest request, BootTime deadline) {
        var wanted = new WantedPools(request, uids);
        return edit(wanted, request.getValidateOnly(), deadline)
                .thenCompose(all ->
                        engine.submit(
                                new Look<>((node, now) ->
                                        wanted.result(all, each -> Usage.write(each, node, now))),
                                deadline));
    }

    CompletionStage<io.croft.proto.v1.Pool> become(
            String name, PoolState state, BootTime deadline) {
        return edit(all -> all.become(name, state), false, deadline)
                .thenCompose(all -> show(all, name, deadline));
    }

    CompletionStage<io.croft.proto.v1.Pool> get(String name, BootTime deadline) {
        return store.read().thenCompose(all -> show(all, name, deadline));
    }

    PageStream.Source<String, ListPoolsResponse> list(Supplier<BootTime> deadline) {
        return cursor -> store.read().thenCompose(all -> page(behind(all, cursor), deadline.get()));
    }

    private static List<StoredPool> behind(PoolSet all, Optional<String> cursor) {
        return all.pools().values().stream()
                .filter(each -> cursor.filter(c -> each.pool().name().compareTo(c) <= 0).isEmpty())
                .sorted(Comparator.comparing(each -> each.pool().name()))
                .limit(SLICE)
                .toList();
    }

    private CompletionStage<PageStream.Slice<String, ListPoolsResponse>> page(
            List<StoredPool> pools, BootTime deadline) {
        var look =
                new Look<>((node, now) ->
                        ListPoolsResponse.newBuilder()
                                .addAllPools(
                                        pools.stream()
                                                .map(each -> Usage.write(each, node, now))
                                                .toList())
                                .build());
        Optional<String> next = Slices.cursor(pools, SLICE).map(last -> last.pool().name());
        return engine.submit(look, deadline)
                .thenApply(page -> new PageStream.Slice<>(List.of(page), next));
    }

    private CompletionStage<io.croft.proto.v1.Pool> show(
            PoolSet all, String name, BootTime deadline) {
        StoredPool stored = all.get(name);
        return engine.submit(new Look<>((node, now) -> Usage.write(stored, node, now)), deadline);
    }

    /** Makes a change and uses it, or only tells what it would come to. */
    CompletionStage<PoolSet> edit(
            UnaryOperator<PoolSet> change, boolean validateOnly, BootTime deadline) {
        if (validateOnly) {
            return store.read().thenApply(change);
        }
        return store.change(change);
    }
}
