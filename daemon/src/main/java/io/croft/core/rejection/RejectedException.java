package io.croft.core.rejection;

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
}
