package io.croft.cli;

import io.croft.proto.v1.LeaveNodeRequest;
import io.croft.proto.v1.LeaveNodeResponse;
import picocli.CommandLine.Command;

/** {@code croft node leave}. */
@Command(
        name = "leave",
        description = {
            "Takes this node out of the cluster for good: its blocks go back, its name is free.",
            "Drain its pods first; repeat it until it is done. Then stop the agent and remove its state directory."
        },
        footer = {"", "Example:", "  croft node leave"})
final class NodeLeaveCommand extends AgentCall {
    @Override
    Exit ask(Admin agent, Output output) {
        LeaveNodeResponse left = agent.call().leaveNode(LeaveNodeRequest.getDefaultInstance());
        output.one(
                left,
                () ->
                        "this node has left; stop its agent and remove its state directory%n"
                                .formatted());
        return Exit.OK;
    }
}
