package io.croft.cli;

import io.croft.proto.v1.GetAgentRequest;
import io.croft.proto.v1.GetAgentResponse;
import io.croft.proto.v1.LeaveNodeRequest;
import io.croft.proto.v1.LeaveNodeResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
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
    /** A call joins the leaving that is under way; in between people hear what it waits for. */
    private static final Duration STEP = Duration.ofSeconds(2);

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Times.Converter.class,
            description = "How long to wait for addresses that rest; default 15m.")
    private Duration wait = Duration.ofMinutes(15);

    @Override
    Exit ask(Admin agent, Output output) {
        String said = "";
        for (Duration rest = wait; ; rest = rest.minus(STEP)) {
            Optional<LeaveNodeResponse> left = leave(agent);
            if (left.isPresent()) {
                output.one(
                        left.get(),
                        () ->
                                "this node has left; stop its agent and remove its state directory%n"
                                        .formatted());
                return Exit.OK;
            }
            String waits = waits(agent.call().getAgent(GetAgentRequest.getDefaultInstance()));
            if (!waits.equals(said)) {
                said = waits;
                terminal().err().println("waiting: " + waits);
            }
            if (rest.compareTo(STEP) <= 0) {
                terminal()
                        .err()
                        .println(
                                "croft: the node is leaving and claims no more blocks; repeat to wait on");
                return Exit.RETRY;
            }
        }
    }

    /** Empty: it goes on. */
    private static Optional<LeaveNodeResponse> leave(Admin agent) {
        try {
            return Optional.of(agent.within(STEP).leaveNode(LeaveNodeRequest.getDefaultInstance()));
        } catch (StatusRuntimeException failure) {
            if (failure.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static String waits(GetAgentResponse now) {
        if (now.getBlocks() == 0) {
            return "for the store to let this node go";
        }
        String blocks = Words.count(now.getBlocks(), "block");
        return now.getResting() == 0
                ? blocks + " to go back to the store"
                : "%s to rest (30 s, and until the pods' network namespaces are gone), then %s to go back"
                        .formatted(Words.count(now.getResting(), "address"), blocks);
    }
}
