package io.croft.cli;

import io.croft.proto.v1.LeaveNodeRequest;
import io.croft.proto.v1.LeaveNodeResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft node leave}. */
@Command(
        name = "leave",
        description = {
            "Takes this node out of the cluster for good: its blocks go back, its name is free.",
            "Drain its pods first. Waits for addresses that rest; then stop the agent and remove its state directory."
        },
        footer = {"", "Examples:", "  croft node leave", "  croft node leave --wait 0s"})
final class NodeLeaveCommand extends AgentCall {
    /** What only begins to leave must be heard too. */
    private static final Duration LEAST = Duration.ofSeconds(2);

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Times.Converter.class,
            description = "How long to wait for addresses that rest; default 15m.")
    private Duration wait = Duration.ofMinutes(15);

    @Override
    Exit ask(Admin agent, Output output) {
        LeaveNodeResponse left;
        try {
            left =
                    agent.within(wait.compareTo(LEAST) < 0 ? LEAST : wait)
                            .leaveNode(LeaveNodeRequest.getDefaultInstance());
        } catch (StatusRuntimeException failure) {
            if (failure.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
                throw failure;
            }
            terminal()
                    .err()
                    .println(
                            "croft: the node is leaving and claims no more blocks; some addresses still rest, or the store does not answer; repeat to wait on");
            return Exit.RETRY;
        }
        output.one(
                left,
                () ->
                        "this node has left; stop its agent and remove its state directory%n"
                                .formatted());
        return Exit.OK;
    }
}
