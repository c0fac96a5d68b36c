package io.croft.cli;

import io.croft.adapter.wire.ErrorWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.DeletePoolRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code croft pool delete}: asks until the pool's blocks are back, or time is up. */
@Command(
        name = "delete",
        description =
                "Removes a pool of which no address is held: drains it, waits for its blocks, and says what it waits for.",
        footer = {
            "",
            "Examples:",
            "  croft pool delete pods",
            "  croft pool delete pods --wait 0s"
        })
final class PoolDeleteCommand extends AgentCall {
    private static final Duration PACE = Duration.ofSeconds(1);

    @Parameters(paramLabel = "NAME", description = "Name of the pool.")
    private String name;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Times.Converter.class,
            description = "How long to wait for addresses that rest; default 15m.")
    private Duration wait = Duration.ofMinutes(15);

    @Override
    Exit ask(Admin agent, Output output) throws InterruptedException {
        var request = DeletePoolRequest.newBuilder().setName(name).build();
        String said = "";
        for (long left = wait.toSeconds(); ; left--) {
            try {
                var gone = agent.call().deletePool(request);
                output.one(gone, () -> "pool %s deleted%n".formatted(name));
                return Exit.OK;
            } catch (StatusRuntimeException refused) {
                Optional<Rejection> waits = ErrorWire.read(refused).filter(this::isDraining);
                if (waits.isEmpty() || left <= 0) {
                    throw refused;
                }
                if (!said.equals(waits.get().message())) {
                    said = waits.get().message();
                    terminal().err().println(said);
                }
            }
            pause(PACE);
        }
    }

    private boolean isDraining(Rejection why) {
        return why.reason() == Reason.POOL_NOT_EMPTY && "0".equals(why.facts().get("held"));
    }
}
