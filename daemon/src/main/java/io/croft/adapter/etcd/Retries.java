package io.croft.adapter.etcd;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Calls that follow each other, bounded in number, without a thread that waits for them. */
final class Retries {
    private Retries() {}

    /**
     * Repeats until a round has a result; fails with STORE_UNAVAILABLE when none of so many has.
     */
    static <T> CompletionStage<T> until(
            int most, String what, Supplier<CompletionStage<Optional<T>>> round) {
        if (most == 0) {
            return refused(
                    Reason.STORE_UNAVAILABLE.because(what + " was overtaken by others too often"));
        }
        return start(round)
                .thenCompose(result ->
                        result.<CompletionStage<T>>map(CompletableFuture::completedFuture)
                                .orElseGet(() -> until(most - 1, what, round)));
    }

    /** The stage, or one that failed with what was thrown on the way to it. */
    static <T> CompletionStage<T> start(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    static <T> CompletionStage<T> refused(Rejection why) {
        return CompletableFuture.failedFuture(why.asException());
    }
}
