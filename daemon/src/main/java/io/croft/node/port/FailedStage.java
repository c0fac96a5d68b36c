package io.croft.node.port;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Why a stage failed, without what stages wrap it in. */
public final class FailedStage {
    private FailedStage() {}

    /** What was thrown. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The refusal; empty: it failed by something else, or not at all. */
    public static Optional<Rejection> refusal(@Nullable Throwable failure) {
        return failure != null && cause(failure) instanceof RejectedException refused
                ? Optional.of(refused.rejection())
                : Optional.empty();
    }

    /** Whether a refusal says that the store is not there: one that refuses otherwise answered. */
    public static boolean isAbsence(Rejection why) {
        return why.reason() == Reason.STORE_UNAVAILABLE || why.reason() == Reason.OUTCOME_UNKNOWN;
    }
}
