package io.croft.cli;

import io.croft.proto.v1.GetPoolRequest;
import io.croft.proto.v1.Pool;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code croft pool show}. */
@Command(
        name = "show",
        description =
                "Shows one pool: its rules, how many nodes it can serve, and what this node has of it.",
        footer = {"", "Examples:", "  croft pool show pods", "  croft pool show pods -o json"})
final class PoolShowCommand extends AgentCall {
    @Parameters(paramLabel = "NAME", description = "Name of the pool.")
    private String name;

    @Override
    Exit ask(Admin agent, Output output) {
        var request = GetPoolRequest.newBuilder().setName(name).build();
        Pool pool = agent.call().getPool(request).getPool();
        output.one(pool, () -> Pools.text(pool));
        return Exit.OK;
    }
}
