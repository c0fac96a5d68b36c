package io.croft.adapter.embedded;

import io.croft.adapter.file.NoSpaceException;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The one thread that touches the store's file: makes one call after the other. */
final class StoreThread implements AutoCloseable {
    private static final int MOST_CALLS = 1024;
    private static final long CLOSE_SECONDS = 5;

    private final String file;
    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(
                    1,
                    1,
                    1,
                    TimeUnit.MINUTES,
                    new ArrayBlockingQueue<>(MOST_CALLS),
                    Thread.ofPlatform().daemon().name("croft-store").factory());

    StoreThread(String file) {
        this.file = file;
    }

    /** What is done to the file. */
    interface Call<T> {
        T make() throws IOException;
    }

    <T> CompletionStage<T> call(Call<T> call) {
        var answer = new CompletableFuture<T>();
        try {
            thread.execute(() -> make(call, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    Reason.STORE_UNAVAILABLE
                            .because(
                                    "the store is closed or has %d calls waiting"
                                            .formatted(MOST_CALLS))
                            .asException());
        }
        return answer;
    }

    private <T> void make(Call<T> call, CompletableFuture<T> answer) {
        T made;
        try {
            made = call.make();
        } catch (NoSpaceException e) {
            // The one failure after which the old content is known to be there.
            answer.completeExceptionally(failed(Reason.JOURNAL_FULL, e));
            return;
        } catch (IOException e) {
            answer.completeExceptionally(failed(Reason.OUTCOME_UNKNOWN, e));
            return;
        } catch (Throwable e) {
            // An Error too: whoever waits must hear that nothing is known.
            answer.completeExceptionally(e);
            return;
        }
        answer.complete(made);
    }

    private RejectedException failed(Reason reason, IOException e) {
        return reason.because("%s could not be written or read: %s".formatted(file, e))
                .asException();
    }

    /** Makes the calls that wait, and ends. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            // Never an interrupt: it would close the file in the middle of a write.
            var _ = thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
