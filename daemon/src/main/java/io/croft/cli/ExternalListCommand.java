package io.croft.cli;

import io.croft.proto.v1.ExternalRange;
import io.croft.proto.v1.ListExternalRangesRequest;
import picocli.CommandLine.Command;

/** {@code croft external list}. */
@Command(
        name = "list",
        description = "Lists the ranges that others use.",
        footer = {"", "Example:", "  croft external list"})
final class ExternalListCommand extends AgentCall {
    @Override
    Exit ask(Admin agent, Output output) {
        var request = ListExternalRangesRequest.getDefaultInstance();
        var pages = agent.list().listExternalRanges(request);
        output.list(
                Pages.of(pages, page -> page.getRangesList()),
                new Table<ExternalRange>()
                        .column("NAME", ExternalRange::getName)
                        .column("CIDR", ExternalRange::getCidr)
                        .column("DESCRIPTION", ExternalRange::getDescription),
                "no external ranges");
        return Exit.OK;
    }
}
