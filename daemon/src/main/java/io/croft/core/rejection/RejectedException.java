package io.croft.core.rejection;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Carries a {@link Rejection} through code that cannot return one: checking constructors and
 * futures.
 */
public final class RejectedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Rejection rejection;

    public RejectedException(Rejection rejection) {
        // No stack trace: a refusal is an answer, not a defect, and happens on the way of every
        // request.
        super(rejection.reason() + ": " + rejection.sentence(), null, false, false);
        this.rejection = rejection;
    }

    public Rejection rejection() {
        return rejection;
    }

    /** What a stage failed by, without what stages wrap it in. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The refusal that a stage failed by; empty: it failed by something else, or not at all. */
    public static Optional<Rejection> in(@Nullable Throwable failure) {
        return failure != null && cause(failure) instanceof RejectedException refused
                ? Optional.of(refused.rejection())
                : Optional.empty();
    }
}
