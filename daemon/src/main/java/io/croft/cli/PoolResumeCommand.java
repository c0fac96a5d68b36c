package io.croft.cli;

import io.croft.proto.v1.Pool;
import io.croft.proto.v1.ResumePoolRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code croft pool resume}. */
@Command(
        name = "resume",
        description = "Makes a paused or draining pool give addresses again.",
        footer = {"", "Example:", "  croft pool resume pods"})
final class PoolResumeCommand extends AgentCall {
    @Parameters(paramLabel = "NAME", description = "Name of the pool.")
    private String name;

    @Override
    Exit ask(Admin agent, Output output) {
        var request = ResumePoolRequest.newBuilder().setName(name).build();
        Pool pool = agent.call().resumePool(request).getPool();
        output.one(pool, () -> "pool %s is %s%n".formatted(name, Pools.state(pool.getState())));
        return Exit.OK;
    }
}
