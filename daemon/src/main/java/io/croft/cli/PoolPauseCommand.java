package io.croft.cli;

import io.croft.proto.v1.PausePoolRequest;
import io.croft.proto.v1.Pool;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code croft pool pause}. */
@Command(
        name = "pause",
        description = "Stops new addresses from a pool until it is resumed. Those held stay.",
        footer = {"", "Example:", "  croft pool pause pods"})
final class PoolPauseCommand extends AgentCall {
    @Parameters(paramLabel = "NAME", description = "Name of the pool.")
    private String name;

    @Override
    Exit ask(Admin agent, Output output) {
        var request = PausePoolRequest.newBuilder().setName(name).build();
        Pool pool = agent.call().pausePool(request).getPool();
        output.one(pool, () -> "pool %s is %s%n".formatted(name, Pools.state(pool.getState())));
        return Exit.OK;
    }
}
