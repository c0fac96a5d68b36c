package io.croft.cli;

import io.croft.proto.v1.DrainPoolRequest;
import io.croft.proto.v1.Pool;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code croft pool drain}. */
@Command(
        name = "drain",
        description =
                "Stops new addresses from a pool, and gives its blocks back as they become empty.",
        footer = {"", "Example:", "  croft pool drain pods"})
final class PoolDrainCommand extends AgentCall {
    @Parameters(paramLabel = "NAME", description = "Name of the pool.")
    private String name;

    @Override
    Exit ask(Admin agent, Output output) {
        var request = DrainPoolRequest.newBuilder().setName(name).build();
        Pool pool = agent.call().drainPool(request).getPool();
        output.one(pool, () -> "pool %s is %s%n".formatted(name, Pools.state(pool.getState())));
        return Exit.OK;
    }
}
