package io.croft.cli;

import io.croft.proto.v1.GetAgentRequest;
import io.croft.proto.v1.LeaveNodeResponse;
import java.time.Duration;
import java.util.Optional;
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
    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Times.Converter.class,
            description = "How long to wait for addresses that rest; default 15m.")
    private Duration wait = Duration.ofMinutes(15);

    @Override
    Exit ask(Admin agent, Output output) {
        String said = "";
        for (Duration rest = wait; ; rest = rest.minus(Departure.STEP)) {
            Optional<LeaveNodeResponse> left = Departure.step(agent);
            if (left.isPresent()) {
                output.one(
                        left.get(),
                        () ->
                                "this node has left; stop its agent and remove its state directory%n"
                                        .formatted());
                return Exit.OK;
            }
            String waits =
                    Departure.waits(agent.call().getAgent(GetAgentRequest.getDefaultInstance()));
            if (!waits.equals(said)) {
                said = waits;
                terminal().err().println("waiting: " + waits);
            }
            if (rest.compareTo(Departure.STEP) <= 0) {
                terminal()
                        .err()
                        .println(
                                "croft: the node is leaving and claims no more blocks; repeat to wait on");
                return Exit.RETRY;
            }
        }
    }
}
