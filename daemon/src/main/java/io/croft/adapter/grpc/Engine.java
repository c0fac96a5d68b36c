package io.croft.adapter.grpc;

import io.croft.core.engine.Command;
import io.croft.core.time.BootTime;
import java.util.concurrent.CompletionStage;

/**
 * Where requests are decided: {@code EngineLoop::submit}. Any thread; never blocks. The stage
 * completes after the decision is journalled, and exceptionally with a {@link
 * io.croft.core.rejection.RejectedException} when it is a refusal.
 */
@FunctionalInterface
public interface Engine {
    /** Cancelling the stage's future tells that nobody waits for the answer any more. */
    <R> CompletionStage<R> submit(Command<R> command, BootTime deadline);
}
