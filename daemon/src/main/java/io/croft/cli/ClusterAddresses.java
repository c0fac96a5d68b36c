package io.croft.cli;

import io.croft.proto.v1.CopiedAddress;
import io.croft.proto.v1.ListClusterAllocationsRequest;
import io.croft.proto.v1.ListClusterAllocationsResponse;
import io.croft.proto.v1.LookUpClusterAddressRequest;
import io.croft.proto.v1.LookUpClusterAddressResponse;
import java.util.List;

/** Addresses of all nodes, as old as the copies that the nodes leave in the store. */
final class ClusterAddresses {
    private final Terminal terminal;

    ClusterAddresses(Terminal terminal) {
        this.terminal = terminal;
    }

    void list(AgentCall.Admin agent, Output output, String pool, String namespace) {
        var request =
                ListClusterAllocationsRequest.newBuilder()
                        .setPool(pool)
                        .setNamespace(namespace)
                        .build();
        output.list(
                Pages.of(agent.list().listClusterAllocations(request), this::addresses),
                new Table<CopiedAddress>()
                        .column("ADDRESS", CopiedAddress::getAddress)
                        .column("POOL", CopiedAddress::getPool)
                        .column("POD", ClusterAddresses::pod)
                        .column("NODE", CopiedAddress::getNode)
                        .column("CONTAINER", each -> Addresses.shortId(each.getContainerId()))
                        .column("AGE", each -> Times.text(Times.of(each.getAge()))),
                "no address is in a node's copy");
    }

    /** What a node left out is said beside the list, which would else look whole. */
    private List<CopiedAddress> addresses(ListClusterAllocationsResponse page) {
        if (page.getLeft() > 0) {
            terminal.err()
                    .println(
                            "warning: node %s left %d addresses out of its copy; ask its own agent"
                                    .formatted(page.getNode(), page.getLeft()));
        }
        return page.getAddressesList();
    }

    void show(AgentCall.Admin agent, Output output, String address) {
        var request = LookUpClusterAddressRequest.newBuilder().setAddress(address).build();
        LookUpClusterAddressResponse found = agent.call().lookUpClusterAddress(request);
        output.one(found, () -> text(address, found));
    }

    private static String text(String address, LookUpClusterAddressResponse found) {
        return new Facts()
                .add("address", address)
                .add("state", state(found))
                .add("pool", found.getPool())
                .add("block", found.getBlock())
                .add("node", found.getNode())
                .add("install", found.getInstallId())
                .add("external range", found.getExternalRange())
                .add("pod", pod(found.getEntry()))
                .add("container", found.getEntry().getContainerId())
                .text();
    }

    private static String state(LookUpClusterAddressResponse found) {
        String age = Times.text(Times.of(found.getAge()));
        return switch (found.getState()) {
            case CLUSTER_ADDRESS_STATE_HELD -> "held, " + age + " ago";
            case CLUSTER_ADDRESS_STATE_NOT_HELD ->
                    "not held, " + age + " ago; free or resting then, or given since";
            case CLUSTER_ADDRESS_STATE_UNKNOWN ->
                    "not in its node's copy, which is missing or not whole; ask the agent of that node";
            case CLUSTER_ADDRESS_STATE_UNOWNED -> "free, in a block that no node owns";
            case CLUSTER_ADDRESS_STATE_OUTSIDE -> "outside of all pools";
            case CLUSTER_ADDRESS_STATE_UNSPECIFIED, UNRECOGNIZED ->
                    "of a kind that this version of croft does not know";
        };
    }

    private static String pod(CopiedAddress entry) {
        return Addresses.pod(entry.getNamespace(), entry.getPod());
    }
}
