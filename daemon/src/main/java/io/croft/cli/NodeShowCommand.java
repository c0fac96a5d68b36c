package io.croft.cli;

import io.croft.proto.v1.GetNodeRequest;
import io.croft.proto.v1.GetNodeResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code croft node show}. */
@Command(
        name = "show",
        description = "Shows one node of the cluster, and its former lives.",
        footer = {"", "Example:", "  croft node show worker-7"})
final class NodeShowCommand extends AgentCall {
    @Parameters(paramLabel = "NAME", description = "Name of the node.")
    private String name;

    @Override
    Exit ask(Admin agent, Output output) {
        GetNodeResponse found =
                agent.call().getNode(GetNodeRequest.newBuilder().setName(name).build());
        output.one(found, () -> Nodes.text(found.getNodesList()));
        return Exit.OK;
    }
}
