package io.croft.cli;

import io.croft.proto.v1.DeleteExternalRangeRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code croft external remove}. */
@Command(
        name = "remove",
        description = "Forgets a range that others used.",
        footer = {"", "Example:", "  croft external remove services"})
final class ExternalRemoveCommand extends AgentCall {
    @Parameters(paramLabel = "NAME", description = "Name of the range.")
    private String name;

    @Override
    Exit ask(Admin agent, Output output) {
        var request = DeleteExternalRangeRequest.newBuilder().setName(name).build();
        var gone = agent.call().deleteExternalRange(request);
        output.one(gone, () -> "external range %s removed%n".formatted(name));
        return Exit.OK;
    }
}
