package io.croft.cli;

import io.croft.proto.v1.Condition;
import io.croft.proto.v1.GetAgentRequest;
import io.croft.proto.v1.GetAgentResponse;
import picocli.CommandLine.Command;

/** {@code croft status}: how this node's agent does. */
@Command(
        name = "status",
        description =
                "Shows how this node's agent does. Ends with 0 when it serves, with 4 when it does not.",
        footer = {"", "Examples:", "  croft status", "  croft status -o json"})
final class StatusCommand extends AgentCall {
    @Override
    Exit ask(Admin agent, Output output) {
        GetAgentResponse status = agent.call().getAgent(GetAgentRequest.getDefaultInstance());
        output.one(status, () -> text(status));
        return status.getServing() ? Exit.OK : Exit.RETRY;
    }

    private static String text(GetAgentResponse status) {
        var facts =
                new Facts()
                        .add("node", status.getNode())
                        .add("serving", status.getServing() ? "yes" : "no")
                        .add("version", status.getVersion())
                        .add("up", Times.text(Times.of(status.getUptime())))
                        .add("store", status.getStore())
                        .add("install", status.getInstallId())
                        .add("pools", status.getPools())
                        .add("blocks", status.getBlocks())
                        .add("attachments", status.getAllocations())
                        .add("addresses held", status.getHeld())
                        .add("addresses resting", status.getResting())
                        .add(
                                "journal",
                                "record %d, %d KiB"
                                        .formatted(
                                                status.getJournalSequence(),
                                                status.getJournalBytes() / 1024));
        var text = new StringBuilder(facts.text());
        for (Condition each : status.getConditionsList()) {
            text.append('\n').append(each.getType()).append(": ").append(each.getMessage());
        }
        return text.append(status.getConditionsCount() == 0 ? "" : "\n").toString();
    }
}
