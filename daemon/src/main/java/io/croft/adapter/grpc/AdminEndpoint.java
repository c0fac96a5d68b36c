package io.croft.adapter.grpc;

import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Rejection;
import io.croft.core.serving.Look;
import io.croft.core.time.Clock;
import io.croft.node.port.Inventory;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Reconciliation;
import io.croft.proto.v1.AdminServiceGrpc;
import io.croft.proto.v1.ApplyPoolsRequest;
import io.croft.proto.v1.ApplyPoolsResponse;
import io.croft.proto.v1.ConfirmGarbageRequest;
import io.croft.proto.v1.ConfirmGarbageResponse;
import io.croft.proto.v1.CreateExternalRangeRequest;
import io.croft.proto.v1.CreateExternalRangeResponse;
import io.croft.proto.v1.CreatePoolRequest;
import io.croft.proto.v1.CreatePoolResponse;
import io.croft.proto.v1.DeleteExternalRangeRequest;
import io.croft.proto.v1.DeleteExternalRangeResponse;
import io.croft.proto.v1.DeletePoolRequest;
import io.croft.proto.v1.DeletePoolResponse;
import io.croft.proto.v1.DrainPoolRequest;
import io.croft.proto.v1.DrainPoolResponse;
import io.croft.proto.v1.GetAgentRequest;
import io.croft.proto.v1.GetAgentResponse;
import io.croft.proto.v1.GetNodeRequest;
import io.croft.proto.v1.GetNodeResponse;
import io.croft.proto.v1.GetPoolRequest;
import io.croft.proto.v1.GetPoolResponse;
import io.croft.proto.v1.LeaveNodeRequest;
import io.croft.proto.v1.LeaveNodeResponse;
import io.croft.proto.v1.ListAllocationsRequest;
import io.croft.proto.v1.ListAllocationsResponse;
import io.croft.proto.v1.ListBlocksRequest;
import io.croft.proto.v1.ListBlocksResponse;
import io.croft.proto.v1.ListClusterAllocationsRequest;
import io.croft.proto.v1.ListClusterAllocationsResponse;
import io.croft.proto.v1.ListClusterBlocksRequest;
import io.croft.proto.v1.ListClusterBlocksResponse;
import io.croft.proto.v1.ListExternalRangesRequest;
import io.croft.proto.v1.ListExternalRangesResponse;
import io.croft.proto.v1.ListNodesRequest;
import io.croft.proto.v1.ListNodesResponse;
import io.croft.proto.v1.ListPoolsRequest;
import io.croft.proto.v1.ListPoolsResponse;
import io.croft.proto.v1.LookUpAddressRequest;
import io.croft.proto.v1.LookUpAddressResponse;
import io.croft.proto.v1.LookUpClusterAddressRequest;
import io.croft.proto.v1.LookUpClusterAddressResponse;
import io.croft.proto.v1.PausePoolRequest;
import io.croft.proto.v1.PausePoolResponse;
import io.croft.proto.v1.PreviewGarbageRequest;
import io.croft.proto.v1.PreviewGarbageResponse;
import io.croft.proto.v1.ReclaimNodeRequest;
import io.croft.proto.v1.ReclaimNodeResponse;
import io.croft.proto.v1.ReleaseAddressRequest;
import io.croft.proto.v1.ReleaseAddressResponse;
import io.croft.proto.v1.ResumePoolRequest;
import io.croft.proto.v1.ResumePoolResponse;
import io.croft.proto.v1.UpdatePoolRequest;
import io.croft.proto.v1.UpdatePoolResponse;
import io.croft.proto.v1.WatchEventsRequest;
import io.croft.proto.v1.WatchEventsResponse;
import io.grpc.stub.StreamObserver;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What operators and tools ask. Each call reads its request and hands it to the class that knows
 * the subject; each list goes out in pages.
 */
public final class AdminEndpoint extends AdminServiceGrpc.AdminServiceImplBase {
    private final Engine engine;
    private final Supplier<AgentFacts> facts;
    private final EventSource events;
    private final Requests requests;
    private final PoolCalls pools;
    private final PoolDeletion deletion;
    private final RangeCalls ranges;
    private final BlockCalls blocks;
    private final AddressCalls addresses;
    private final GarbageCalls garbage;
    private final NodeCalls nodes;
    private final ClusterBlockCalls clusterBlocks;
    private final ClusterAddressCalls copies;

    /**
     * @param uids a new random one each time
     * @param facts asked on the engine's thread
     */
    public AdminEndpoint(
            Engine engine,
            PoolStore store,
            ClusterPorts cluster,
            Inventory inventory,
            Reconciliation reconciliation,
            Clock clock,
            Supplier<UUID> uids,
            Supplier<AgentFacts> facts,
            EventSource events) {
        this.engine = engine;
        this.facts = facts;
        this.events = events;
        this.requests = new Requests(clock);
        this.pools = new PoolCalls(engine, store, uids);
        this.deletion = new PoolDeletion(engine, store, pools);
        this.ranges = new RangeCalls(store);
        this.blocks = new BlockCalls(engine);
        this.addresses = new AddressCalls(engine, store);
        this.garbage = new GarbageCalls(engine, inventory, reconciliation);
        this.nodes = new NodeCalls(cluster);
        this.clusterBlocks = new ClusterBlockCalls(cluster.blocks(), store);
        this.copies = new ClusterAddressCalls(cluster, store, clock);
    }

    private static <R, A> void answer(
            StreamObserver<A> to, CompletionStage<R> stage, Function<R, A> form) {
        Caller.current().answer(stage, to, form);
    }

    private static <A> void answer(StreamObserver<A> to, CompletionStage<A> stage) {
        answer(to, stage, reply -> reply);
    }

    @Override
    public void getAgent(GetAgentRequest request, StreamObserver<GetAgentResponse> to) {
        answer(
                to,
                engine.submit(
                        new Look<>((node, now) -> AgentCalls.write(facts.get(), node, now)),
                        requests.deadline()));
    }

    @Override
    public void createPool(CreatePoolRequest request, StreamObserver<CreatePoolResponse> to) {
        answer(to, pools.create(request, requests.deadline()));
    }

    @Override
    public void getPool(GetPoolRequest request, StreamObserver<GetPoolResponse> to) {
        answer(
                to,
                pools.get(request.getName(), requests.deadline()),
                pool -> GetPoolResponse.newBuilder().setPool(pool).build());
    }

    @Override
    public void listPools(ListPoolsRequest request, StreamObserver<ListPoolsResponse> to) {
        PageStream.answer(to, pools.list(requests::atMost));
    }

    @Override
    public void updatePool(UpdatePoolRequest request, StreamObserver<UpdatePoolResponse> to) {
        answer(to, pools.update(request, requests.deadline()));
    }

    @Override
    public void pausePool(PausePoolRequest request, StreamObserver<PausePoolResponse> to) {
        answer(
                to,
                pools.become(request.getName(), PoolState.PAUSED, requests.deadline()),
                pool -> PausePoolResponse.newBuilder().setPool(pool).build());
    }

    @Override
    public void resumePool(ResumePoolRequest request, StreamObserver<ResumePoolResponse> to) {
        answer(
                to,
                pools.become(request.getName(), PoolState.ACTIVE, requests.deadline()),
                pool -> ResumePoolResponse.newBuilder().setPool(pool).build());
    }

    @Override
    public void drainPool(DrainPoolRequest request, StreamObserver<DrainPoolResponse> to) {
        answer(
                to,
                pools.become(request.getName(), PoolState.DRAINING, requests.deadline()),
                pool -> DrainPoolResponse.newBuilder().setPool(pool).build());
    }

    @Override
    public void applyPools(ApplyPoolsRequest request, StreamObserver<ApplyPoolsResponse> to) {
        answer(to, pools.apply(request, requests.deadline()));
    }

    @Override
    public void deletePool(DeletePoolRequest request, StreamObserver<DeletePoolResponse> to) {
        answer(
                to,
                deletion.delete(request.getName(), requests.deadline()),
                gone -> DeletePoolResponse.getDefaultInstance());
    }

    @Override
    public void createExternalRange(
            CreateExternalRangeRequest request, StreamObserver<CreateExternalRangeResponse> to) {
        if (!request.hasRange()) {
            throw Rejection.invalid("range", "", "must be given").asException();
        }
        answer(to, ranges.create(request.getRange()));
    }

    @Override
    public void listExternalRanges(
            ListExternalRangesRequest request, StreamObserver<ListExternalRangesResponse> to) {
        PageStream.answer(to, ranges.list());
    }

    @Override
    public void deleteExternalRange(
            DeleteExternalRangeRequest request, StreamObserver<DeleteExternalRangeResponse> to) {
        answer(
                to,
                ranges.delete(request.getName()),
                all -> DeleteExternalRangeResponse.getDefaultInstance());
    }

    @Override
    public void listBlocks(ListBlocksRequest request, StreamObserver<ListBlocksResponse> to) {
        PageStream.answer(to, blocks.list(request, requests::atMost));
    }

    @Override
    public void listAllocations(
            ListAllocationsRequest request, StreamObserver<ListAllocationsResponse> to) {
        PageStream.answer(to, addresses.list(request, requests::atMost));
    }

    @Override
    public void lookUpAddress(
            LookUpAddressRequest request, StreamObserver<LookUpAddressResponse> to) {
        answer(to, addresses.lookUp(request.getAddress(), requests.deadline()));
    }

    @Override
    public void releaseAddress(
            ReleaseAddressRequest request, StreamObserver<ReleaseAddressResponse> to) {
        answer(to, addresses.release(request, requests.deadline()));
    }

    @Override
    public void previewGarbage(
            PreviewGarbageRequest request, StreamObserver<PreviewGarbageResponse> to) {
        PageStream.answer(to, garbage.preview(requests::atMost));
    }

    @Override
    public void confirmGarbage(
            ConfirmGarbageRequest request, StreamObserver<ConfirmGarbageResponse> to) {
        answer(to, garbage.confirm(requests::atMost));
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> to) {
        PageStream.answer(to, nodes.list());
    }

    @Override
    public void getNode(GetNodeRequest request, StreamObserver<GetNodeResponse> to) {
        answer(to, nodes.get(request.getName()));
    }

    @Override
    public void leaveNode(LeaveNodeRequest request, StreamObserver<LeaveNodeResponse> to) {
        answer(to, nodes.leave());
    }

    @Override
    public void reclaimNode(ReclaimNodeRequest request, StreamObserver<ReclaimNodeResponse> to) {
        answer(to, nodes.reclaim(request));
    }

    @Override
    public void listClusterBlocks(
            ListClusterBlocksRequest request, StreamObserver<ListClusterBlocksResponse> to) {
        PageStream.answer(to, clusterBlocks.list(request.getPool()));
    }

    @Override
    public void listClusterAllocations(
            ListClusterAllocationsRequest request,
            StreamObserver<ListClusterAllocationsResponse> to) {
        PageStream.answer(to, copies.list(request));
    }

    @Override
    public void lookUpClusterAddress(
            LookUpClusterAddressRequest request, StreamObserver<LookUpClusterAddressResponse> to) {
        answer(to, copies.lookUp(request.getAddress()));
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> to) {
        WatchCalls.answer(events, to);
    }
}
