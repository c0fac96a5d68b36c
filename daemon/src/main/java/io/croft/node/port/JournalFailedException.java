package io.croft.node.port;

/**
 * The disk failed under the journal. What was appended since the last commit is unknown; the
 * process must end.
 */
public final class JournalFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public JournalFailedException(String what, Throwable cause) {
        super(what, cause);
    }
}
