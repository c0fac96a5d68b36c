package io.croft.adapter.grpc;

import io.croft.core.time.Clock;
import io.croft.node.port.PoolStore;
import io.croft.proto.v1.AdminServiceGrpc;
import io.croft.proto.v1.GetNodeRequest;
import io.croft.proto.v1.GetNodeResponse;
import io.croft.proto.v1.LeaveNodeRequest;
import io.croft.proto.v1.LeaveNodeResponse;
import io.croft.proto.v1.ListClusterAllocationsRequest;
import io.croft.proto.v1.ListClusterAllocationsResponse;
import io.croft.proto.v1.ListClusterBlocksRequest;
import io.croft.proto.v1.ListClusterBlocksResponse;
import io.croft.proto.v1.ListNodesRequest;
import io.croft.proto.v1.ListNodesResponse;
import io.croft.proto.v1.LookUpClusterAddressRequest;
import io.croft.proto.v1.LookUpClusterAddressResponse;
import io.croft.proto.v1.ReclaimNodeRequest;
import io.croft.proto.v1.ReclaimNodeResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The part of the admin service that looks beyond the agent's node. */
abstract class ClusterEndpoint extends AdminServiceGrpc.AdminServiceImplBase {
    private final NodeCalls nodes;
    private final ClusterBlockCalls blocks;
    private final ClusterAddressCalls copies;

    ClusterEndpoint(ClusterPorts cluster, PoolStore store, Clock clock) {
        this.nodes = new NodeCalls(cluster);
        this.blocks = new ClusterBlockCalls(cluster.blocks(), store);
        this.copies = new ClusterAddressCalls(cluster, store, clock);
    }

    static <R, A> void answer(StreamObserver<A> to, CompletionStage<R> stage, Function<R, A> form) {
        Caller.current().answer(stage, to, form);
    }

    static <A> void answer(StreamObserver<A> to, CompletionStage<A> stage) {
        answer(to, stage, reply -> reply);
    }

    @Override
    public final void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> to) {
        PageStream.answer(to, nodes.list());
    }

    @Override
    public final void getNode(GetNodeRequest request, StreamObserver<GetNodeResponse> to) {
        answer(to, nodes.get(request.getName()));
    }

    @Override
    public final void leaveNode(LeaveNodeRequest request, StreamObserver<LeaveNodeResponse> to) {
        answer(to, nodes.leave());
    }

    @Override
    public final void reclaimNode(
            ReclaimNodeRequest request, StreamObserver<ReclaimNodeResponse> to) {
        answer(to, nodes.reclaim(request));
    }

    @Override
    public final void listClusterBlocks(
            ListClusterBlocksRequest request, StreamObserver<ListClusterBlocksResponse> to) {
        PageStream.answer(to, blocks.list(request.getPool()));
    }

    @Override
    public final void listClusterAllocations(
            ListClusterAllocationsRequest request,
            StreamObserver<ListClusterAllocationsResponse> to) {
        PageStream.answer(to, copies.list(request));
    }

    @Override
    public final void lookUpClusterAddress(
            LookUpClusterAddressRequest request, StreamObserver<LookUpClusterAddressResponse> to) {
        answer(to, copies.lookUp(request.getAddress()));
    }
}
