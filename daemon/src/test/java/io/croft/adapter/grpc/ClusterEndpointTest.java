package io.croft.adapter.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import io.croft.adapter.wire.ErrorWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.Registrant;
import io.croft.proto.v1.AdminServiceGrpc;
import io.croft.proto.v1.ApplyPoolsRequest;
import io.croft.proto.v1.ClusterAddressState;
import io.croft.proto.v1.ClusterBlock;
import io.croft.proto.v1.ClusterBlockState;
import io.croft.proto.v1.CopiedAddress;
import io.croft.proto.v1.GetNodeRequest;
import io.croft.proto.v1.LeaveNodeRequest;
import io.croft.proto.v1.ListClusterAllocationsRequest;
import io.croft.proto.v1.ListClusterBlocksRequest;
import io.croft.proto.v1.ListNodesRequest;
import io.croft.proto.v1.LookUpClusterAddressRequest;
import io.croft.proto.v1.LookUpClusterAddressResponse;
import io.croft.proto.v1.Node;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.ReclaimNodeRequest;
import io.croft.proto.v1.WantedPool;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterEndpointTest {
    @TempDir private Path directory;
    private TestAgent agent;
    private UnixChannel channel;
    private AdminServiceGrpc.AdminServiceBlockingStub admin;
    private Neighbours neighbours;

    @BeforeEach
    void start() {
        agent = new TestAgent(directory).start();
        channel = new UnixChannel(agent.adminSocket());
        admin =
                AdminServiceGrpc.newBlockingStub(channel.channel())
                        .withDeadlineAfter(30, TimeUnit.SECONDS);
        var _ =
                admin.applyPools(
                        apply(wanted("pods", "10.1.0.0/16"), wanted("team", "10.2.0.0/24")));
        neighbours = new Neighbours(agent);
    }

    @AfterEach
    void stop() {
        channel.close();
        agent.close();
    }

    private static WantedPool.Builder wanted(String name, String cidr) {
        return WantedPool.newBuilder()
                .setName(name)
                .setSpec(PoolSpec.newBuilder().setCidr(cidr).setIsDefault(true));
    }

    private static ApplyPoolsRequest apply(WantedPool.Builder... pools) {
        var request = ApplyPoolsRequest.newBuilder();
        for (WantedPool.Builder each : pools) {
            request.addPools(each);
        }
        return request.build();
    }

    private static Rejection refused(Runnable call) {
        var failure = assertThrows(StatusRuntimeException.class, call::run);
        return ErrorWire.read(failure).orElseThrow(() -> new AssertionError(failure));
    }

    private List<Node> nodes() {
        return ImmutableList.copyOf(admin.listNodes(ListNodesRequest.getDefaultInstance())).stream()
                .flatMap(page -> page.getNodesList().stream())
                .toList();
    }

    @Test
    void listsEveryNodeOnce() {
        for (int i = 0; i < 200; i++) {
            var _ = neighbours.register("n" + i);
        }
        var names = new HashSet<String>();
        nodes().forEach(node -> assertTrue(names.add(node.getName()), node.getName()));
        assertEquals(200, names.size());
    }

    @Test
    void showsWhatTheStoreKnowsOfANode() {
        Registrant node = neighbours.register("n2");
        neighbours.live(node);
        neighbours.own(node, "pods", 5);
        var found = admin.getNode(GetNodeRequest.newBuilder().setName("n2").build());
        Node only = found.getNodes(0);
        assertEquals("n2", only.getName());
        assertEquals(node.install().toString(), only.getInstallId());
        assertTrue(only.getLive() && only.getCurrent());
        assertEquals(1, only.getBlocks());
        assertEquals("hw-n2", only.getHardwareId());
        assertEquals(3, only.getIncarnation());
        var unknown = GetNodeRequest.newBuilder().setName("n3").build();
        assertEquals(Reason.NODE_UNKNOWN, refused(() -> admin.getNode(unknown)).reason());
    }

    @Test
    void reclaimsOnAWordAndFromTheDeadOnly() {
        Registrant node = neighbours.register("n2");
        neighbours.own(node, "pods", 5);
        neighbours.own(node, "pods", 6);
        var request = ReclaimNodeRequest.newBuilder().setName("n2").setBy("me");
        Rejection noWord = refused(() -> admin.reclaimNode(request.build()));
        assertEquals(Reason.INVALID_FIELD, noWord.reason());
        assertEquals("confirm_powered_off", noWord.facts().get("field"));
        request.setConfirmPoweredOff(true);
        neighbours.live(node);
        assertEquals(Reason.NODE_LIVE, refused(() -> admin.reclaimNode(request.build())).reason());
        agent.others().lapse(node.install());
        assertEquals(2, admin.reclaimNode(request.build()).getBlocks());
        request.setName("");
        assertEquals(
                Reason.INVALID_FIELD, refused(() -> admin.reclaimNode(request.build())).reason());
    }

    @Test
    void leavesOnlyWhenNothingIsLeft() {
        var request = LeaveNodeRequest.getDefaultInstance();
        assertEquals(Reason.NODE_NOT_EMPTY, refused(() -> admin.leaveNode(request)).reason());
    }

    private List<ClusterBlock> blocks(String pool) {
        var request = ListClusterBlocksRequest.newBuilder().setPool(pool).build();
        return ImmutableList.copyOf(admin.listClusterBlocks(request)).stream()
                .flatMap(page -> page.getBlocksList().stream())
                .toList();
    }

    @Test
    void listsBlocksOfAllPoolsInTheirOrder() {
        Registrant node = neighbours.register("n2");
        for (int i = 0; i < 300; i++) {
            neighbours.own(node, "pods", i);
        }
        neighbours.own(node, "team", 7);
        List<ClusterBlock> all = blocks("");
        assertEquals(301, all.size());
        assertEquals("10.1.0.64/26", all.get(1).getCidr());
        assertEquals("team", all.getLast().getPool());
        assertEquals("n2", all.getFirst().getNode());
        assertEquals(ClusterBlockState.CLUSTER_BLOCK_STATE_OWNED, all.getFirst().getState());
        assertEquals(2, all.get(1).getEpoch());
        assertEquals(List.of(all.getLast()), blocks("team"));
        assertEquals(Reason.POOL_UNKNOWN, refused(() -> blocks("nobody's")).reason());
    }

    @Test
    void showsReturnedBlocksToo() {
        Registrant node = neighbours.register("n2");
        neighbours.own(node, "pods", 5);
        agent.others()
                .reclaim("n2", new ClusterDirectory.PoweredOff("me", false))
                .toCompletableFuture()
                .join();
        ClusterBlock only = blocks("").getFirst();
        assertEquals(ClusterBlockState.CLUSTER_BLOCK_STATE_RETURNED, only.getState());
        assertEquals("", only.getInstallId());
    }

    private List<CopiedAddress> addresses(String namespace) {
        var request = ListClusterAllocationsRequest.newBuilder().setNamespace(namespace).build();
        return ImmutableList.copyOf(admin.listClusterAllocations(request)).stream()
                .flatMap(page -> page.getAddressesList().stream())
                .toList();
    }

    @Test
    void listsTheCopiesOfAllNodesWithTheirAge() {
        for (int i = 0; i < 50; i++) {
            Registrant node = neighbours.register("n" + i);
            neighbours.copy(
                    node,
                    Duration.ofSeconds(i),
                    0,
                    Neighbours.line("10.1.%d.7".formatted(i), "p" + i));
        }
        List<CopiedAddress> all = addresses("");
        assertEquals(50, all.size());
        CopiedAddress of7 =
                all.stream().filter(each -> each.getNode().equals("n7")).findFirst().orElseThrow();
        assertEquals("10.1.7.7", of7.getAddress());
        assertEquals(7, of7.getAge().getSeconds());
        assertEquals(50, addresses("web").size());
        assertEquals(List.of(), addresses("other"));
    }

    private LookUpClusterAddressResponse lookUp(String address) {
        return admin.lookUpClusterAddress(
                LookUpClusterAddressRequest.newBuilder().setAddress(address).build());
    }

    @Test
    void looksUpAnAddressInItsOwnersCopy() {
        assertEquals(
                ClusterAddressState.CLUSTER_ADDRESS_STATE_OUTSIDE, lookUp("192.0.2.1").getState());
        assertEquals(
                ClusterAddressState.CLUSTER_ADDRESS_STATE_UNOWNED, lookUp("10.1.0.7").getState());
        Registrant node = neighbours.register("n2");
        neighbours.own(node, "pods", 0);
        assertEquals(
                ClusterAddressState.CLUSTER_ADDRESS_STATE_UNKNOWN, lookUp("10.1.0.7").getState());
        neighbours.copy(node, Duration.ofSeconds(40), 0, Neighbours.line("10.1.0.7", "p"));
        LookUpClusterAddressResponse held = lookUp("10.1.0.7");
        assertEquals(ClusterAddressState.CLUSTER_ADDRESS_STATE_HELD, held.getState());
        assertEquals("p", held.getEntry().getPod());
        assertEquals("10.1.0.0/26", held.getBlock());
        assertEquals("n2", held.getNode());
        assertEquals(40, held.getAge().getSeconds());
        assertEquals(
                ClusterAddressState.CLUSTER_ADDRESS_STATE_NOT_HELD, lookUp("10.1.0.8").getState());
        neighbours.copy(node, Duration.ofSeconds(-5), 3, Neighbours.line("10.1.0.7", "p"));
        LookUpClusterAddressResponse left = lookUp("10.1.0.8");
        assertEquals(ClusterAddressState.CLUSTER_ADDRESS_STATE_UNKNOWN, left.getState());
        assertEquals(0, left.getAge().getSeconds());
    }

    @Test
    void appliesAllPoolsOrNone() {
        var overlapping = apply(wanted("new", "10.3.0.0/16"), wanted("other", "10.2.0.0/16"));
        assertEquals(Reason.RANGE_OVERLAPS, refused(() -> admin.applyPools(overlapping)).reason());
        var twice = apply(wanted("new", "10.3.0.0/16"), wanted("new", "10.4.0.0/16"));
        assertEquals(Reason.INVALID_FIELD, refused(() -> admin.applyPools(twice)).reason());
        assertEquals(2, agent.pools().read().toCompletableFuture().join().pools().size());
    }

    @Test
    void appliesWhatDiffersAndNothingElse() {
        long before = agent.pools().read().toCompletableFuture().join().revision();
        var same = apply(wanted("pods", "10.1.0.0/16"), wanted("team", "10.2.0.0/24"));
        var first = admin.applyPools(same).getPools(0);
        assertEquals(first.getBefore(), first.getPool().getSpec());
        assertEquals(before, agent.pools().read().toCompletableFuture().join().revision());
        var other = wanted("pods", "10.1.0.0/16");
        other.getSpecBuilder().setPriority(7);
        var checked = admin.applyPools(apply(other).toBuilder().setValidateOnly(true).build());
        assertEquals(7, checked.getPools(0).getPool().getSpec().getPriority());
        assertEquals(before, agent.pools().read().toCompletableFuture().join().revision());
        var changed = admin.applyPools(apply(other, wanted("new", "10.3.0.0/24")));
        assertEquals(0, changed.getPools(0).getBefore().getPriority());
        assertEquals(7, changed.getPools(0).getPool().getSpec().getPriority());
        assertTrue(!changed.getPools(1).hasBefore());
    }
}
