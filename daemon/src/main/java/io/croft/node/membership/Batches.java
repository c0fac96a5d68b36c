package io.croft.node.membership;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Many calls, a few at a time: a node with many blocks must not flood the store. */
final class Batches {
    private static final int AT_ONCE = 16;

    private Batches() {}

    /** Completes when all calls did, or with the first batch in which one failed. */
    static <T> CompletionStage<Void> each(
            List<T> all, Function<T, CompletionStage<?>> call, Executor home) {
        if (all.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        int most = Math.min(AT_ONCE, all.size());
        List<CompletableFuture<?>> calls = new ArrayList<>(most);
        all.subList(0, most).forEach(each -> calls.add(call.apply(each).toCompletableFuture()));
        return CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
                .thenComposeAsync(_ -> each(all.subList(most, all.size()), call, home), home);
    }
}
