package io.croft.adapter.grpc;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.ClusterDirectory.Member;
import io.croft.node.port.Install;
import io.croft.proto.v1.GetNodeResponse;
import io.croft.proto.v1.LeaveNodeResponse;
import io.croft.proto.v1.ListNodesResponse;
import io.croft.proto.v1.Node;
import io.croft.proto.v1.ReclaimNodeRequest;
import io.croft.proto.v1.ReclaimNodeResponse;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What is asked about the nodes of the cluster. */
final class NodeCalls {
    /** Before every id, in the order of their texts. */
    static final UUID FIRST = new UUID(0, 0);

    private static final int SLICE = 64;

    private final ClusterPorts cluster;

    NodeCalls(ClusterPorts cluster) {
        this.cluster = cluster;
    }

    PageStream.Source<UUID, ListNodesResponse> list() {
        return cursor ->
                cluster.directory().members(cursor.orElse(FIRST), SLICE).thenApply(NodeCalls::page);
    }

    private static PageStream.Slice<UUID, ListNodesResponse> page(List<Member> members) {
        var page =
                ListNodesResponse.newBuilder()
                        .addAllNodes(members.stream().map(NodeCalls::write).toList());
        return new PageStream.Slice<>(
                List.of(page.build()),
                Slices.cursor(members, SLICE).map(last -> last.install().id()));
    }

    CompletionStage<GetNodeResponse> get(String name) {
        return cluster.directory()
                .membersOf(name)
                .thenApply(members -> {
                    if (members.isEmpty()) {
                        throw Reason.NODE_UNKNOWN
                                .because("no install registered as node \"%s\"".formatted(name))
                                .with("field", "name")
                                .with("value", name)
                                .asException();
                    }
                    return GetNodeResponse.newBuilder()
                            .addAllNodes(
                                    members.stream()
                                            .sorted(
                                                    Comparator.comparing(Member::current)
                                                            .reversed())
                                            .map(NodeCalls::write)
                                            .toList())
                            .build();
                });
    }

    private static Node write(Member member) {
        Install install = member.install();
        return Node.newBuilder()
                .setName(install.node())
                .setInstallId(install.id().toString())
                .setLive(member.live())
                .setCurrent(member.current())
                .setBlocks(member.blocks())
                .setBootId(install.bootId().toString())
                .setHardwareId(install.hardwareId())
                .setMachineId(install.machineId())
                .setIncarnation(install.incarnation())
                .setVersion(install.version())
                .build();
    }

    CompletionStage<LeaveNodeResponse> leave() {
        return cluster.leaving().leave().thenApply(_ -> LeaveNodeResponse.getDefaultInstance());
    }

    /** Nothing but somebody's word tells a dead machine from one that is not heard. */
    CompletionStage<ReclaimNodeResponse> reclaim(ReclaimNodeRequest request) {
        String name = request.getName();
        if (name.isEmpty()) {
            throw Rejection.invalid("name", "", "must name a node").asException();
        }
        if (request.getConfirmPoweredOff()) {
            return take(request);
        }
        return isInstall(name)
                ? CompletableFuture.failedFuture(unconfirmed().asException())
                : get(name)
                        .thenApply(_ -> {
                            throw unconfirmed().asException();
                        });
    }

    private static boolean isInstall(String name) {
        try {
            return UUID.fromString(name).toString().equals(name);
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    private static Rejection unconfirmed() {
        return Reason.INVALID_FIELD
                .because(
                        "confirm_powered_off is not given: a machine that runs still uses its"
                                + " addresses, heard or not")
                .remedy("power the machine off, then give --confirm-powered-off")
                .with("field", "confirm_powered_off")
                .with("value", "false");
    }

    private CompletionStage<ReclaimNodeResponse> take(ReclaimNodeRequest request) {
        return cluster.directory()
                .reclaim(
                        request.getName(),
                        new ClusterDirectory.PoweredOff(
                                request.getBy(), request.getSharedHardware()))
                .thenApply(taken -> ReclaimNodeResponse.newBuilder().setBlocks(taken).build());
    }
}
