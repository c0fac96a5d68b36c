package io.croft.cli;

import io.croft.adapter.grpc.UnixChannel;
import io.croft.proto.v1.AdminServiceGrpc;
import io.croft.proto.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A subcommand that asks the agent. Opens the admin socket, asks, and writes the answer. */
abstract class AgentCall implements Callable<Integer>, Where.Given {
    private static final Duration CALL = Duration.ofSeconds(10);

    /** A list is as long as it is. */
    private static final Duration LIST = Duration.ofMinutes(2);

    @Mixin private final Where where = new Where();
    @Spec private CommandSpec spec;

    @Override
    public final Where where() {
        return where;
    }

    @Override
    public Integer call() throws Exception {
        Path socket = Where.runDir(spec, terminal()).resolve("admin.sock");
        try (var channel = new UnixChannel(socket)) {
            var admin = AdminServiceGrpc.newBlockingStub(channel.channel());
            return ask(new Admin(admin), new Output(terminal(), Where.format(spec))).code();
        } catch (io.grpc.StatusRuntimeException failure) {
            throw new CallFailedException(socket, failure);
        } finally {
            terminal().out().flush();
        }
    }

    /** Asks and writes. Failures of calls are handled by the caller. */
    abstract Exit ask(Admin agent, Output output) throws Exception;

    final CommandSpec command() {
        return spec;
    }

    final Terminal terminal() {
        return ((Croft) spec.root().userObject()).terminal();
    }

    /** A usage error of this command. */
    final RuntimeException usage(String message) {
        return new picocli.CommandLine.ParameterException(spec.commandLine(), message);
    }

    /** The agent's admin service, with a deadline for each call. */
    record Admin(AdminServiceBlockingStub stub) {
        AdminServiceBlockingStub call() {
            return within(CALL);
        }

        AdminServiceBlockingStub list() {
            return within(LIST);
        }

        AdminServiceBlockingStub within(Duration most) {
            return stub.withDeadlineAfter(most.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Between two calls; ended by an interrupt. */
    static void pause(Duration time) throws InterruptedException {
        // Nobody counts it down.
        var _ = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
