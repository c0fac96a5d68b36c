package io.croft.agent;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Waits for answers of the loop on threads that may wait. */
final class Answers {
    private Answers() {}

    /** The answer, or something else when there is none in time. */
    static <R> R within(Duration most, CompletionStage<R> answer, R otherwise) {
        try {
            return answer.toCompletableFuture()
                    .completeOnTimeout(otherwise, most.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException refused) {
            return otherwise;
        }
    }
}
