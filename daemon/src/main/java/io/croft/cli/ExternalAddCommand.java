package io.croft.cli;

import io.croft.proto.v1.CreateExternalRangeRequest;
import io.croft.proto.v1.ExternalRange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code croft external add}. */
@Command(
        name = "add",
        description = "Registers a range that others use, so that no pool can overlap it.",
        footer = {
            "",
            "Example:",
            "  croft external add services 10.96.0.0/12 --description Services"
        })
final class ExternalAddCommand extends AgentCall {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the range.")
    private String name;

    @Parameters(index = "1", paramLabel = "CIDR", description = "The range.")
    private String cidr;

    @Option(names = "--description", paramLabel = "TEXT", description = "For people.")
    private String description = "";

    @Override
    Exit ask(Admin agent, Output output) {
        var range =
                ExternalRange.newBuilder().setName(name).setCidr(cidr).setDescription(description);
        var request = CreateExternalRangeRequest.newBuilder().setRange(range).build();
        ExternalRange made = agent.call().createExternalRange(request).getRange();
        output.one(made, () -> "external range %s added%n".formatted(name));
        return Exit.OK;
    }
}
