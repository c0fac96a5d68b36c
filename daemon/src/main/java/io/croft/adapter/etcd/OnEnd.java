package io.croft.adapter.etcd;

import io.croft.node.port.FailedStage;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What follows when a stage ends, either way, with failures as they were thrown. */
final class OnEnd {
    private OnEnd() {}

    static <T> void of(
            CompletionStage<T> stage, Consumer<? super T> good, Consumer<Throwable> bad) {
        var _ =
                stage.whenComplete((value, failure) -> {
                    if (failure == null) {
                        good.accept(value);
                    } else {
                        bad.accept(FailedStage.cause(failure));
                    }
                });
    }
}
