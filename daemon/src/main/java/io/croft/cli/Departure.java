package io.croft.cli;

import io.croft.cli.AgentCall.Admin;
import io.croft.proto.v1.GetAgentResponse;
import io.croft.proto.v1.LeaveNodeRequest;
import io.croft.proto.v1.LeaveNodeResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;

/** A node's way out of its cluster, a step at a time, so that people hear what it waits for. */
final class Departure {
    /** A call joins the leaving that is under way. */
    static final Duration STEP = Duration.ofSeconds(2);

    private Departure() {}

    /** Empty: it goes on. */
    static Optional<LeaveNodeResponse> step(Admin agent) {
        try {
            return Optional.of(agent.within(STEP).leaveNode(LeaveNodeRequest.getDefaultInstance()));
        } catch (StatusRuntimeException failure) {
            if (failure.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** What it waits for. */
    static String waits(GetAgentResponse now) {
        if (now.getBlocks() == 0) {
            return "for the store to let this node go";
        }
        String blocks = Words.count(now.getBlocks(), "block");
        return now.getResting() == 0
                ? blocks + " to go back to the store"
                : "%s, then %s to go back".formatted(rest(now, "30 s"), blocks);
    }

    /**
     * What the resting addresses wait for.
     *
     * @param cooldown how long they rest at least
     */
    static String rest(GetAgentResponse now, String cooldown) {
        return "%s to rest (%s, and until their pods' network namespaces are gone; 10 min if nobody saw them go: croft ip list --resting)"
                .formatted(Words.count(now.getResting(), "address"), cooldown);
    }
}
