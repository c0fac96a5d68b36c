package io.croft.cli;

import io.croft.proto.v1.ListPoolsRequest;
import picocli.CommandLine.Command;

/** {@code croft pool list}. */
@Command(
        name = "list",
        description = "Lists all pools, with what this node has of each.",
        footer = {"", "Examples:", "  croft pool list", "  croft pool list -o yaml"})
final class PoolListCommand extends AgentCall {
    @Override
    Exit ask(Admin agent, Output output) {
        var pages = agent.list().listPools(ListPoolsRequest.getDefaultInstance());
        output.list(
                Pages.of(pages, page -> page.getPoolsList()),
                Pools.table(),
                "no pools; make one with croft pool create NAME CIDR --default");
        return Exit.OK;
    }
}
