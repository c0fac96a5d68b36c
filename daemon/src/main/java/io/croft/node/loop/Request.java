package io.croft.node.loop;

import io.croft.core.engine.Command;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.BootTime;
import java.util.concurrent.CompletableFuture;

/** One command on its way, with its answer. */
final class Request<R> {
    private final Command<R> command;
    private final BootTime arrived;
    private final BootTime deadline;
    private final CompletableFuture<R> answer = new CompletableFuture<>();

    Request(Command<R> command, BootTime arrived, BootTime deadline) {
        this.command = command;
        this.arrived = arrived;
        this.deadline = deadline;
    }

    Command<R> command() {
        return command;
    }

    BootTime arrived() {
        return arrived;
    }

    /** When it stops waiting for a block. */
    BootTime deadline() {
        return deadline;
    }

    CompletableFuture<R> answer() {
        return answer;
    }

    /** The caller gave up before anything was decided. */
    boolean isCancelled() {
        return answer.isCancelled();
    }

    void accept(R reply) {
        answer.complete(reply);
    }

    void refuse(Rejection why) {
        answer.completeExceptionally(why.asException());
    }
}
