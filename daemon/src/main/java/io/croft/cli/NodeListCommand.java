package io.croft.cli;

import io.croft.proto.v1.ListNodesRequest;
import picocli.CommandLine.Command;

/** {@code croft node list}. */
@Command(
        name = "list",
        description =
                "Lists the nodes of the cluster, with their former lives that still own blocks.",
        footer = {"", "Examples:", "  croft node list", "  croft node list -o json"})
final class NodeListCommand extends AgentCall {
    @Override
    Exit ask(Admin agent, Output output) {
        var request = ListNodesRequest.getDefaultInstance();
        output.list(
                Pages.of(agent.list().listNodes(request), page -> page.getNodesList()),
                Nodes.table(),
                "no nodes");
        return Exit.OK;
    }
}
