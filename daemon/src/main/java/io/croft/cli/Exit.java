package io.croft.cli;

import io.croft.core.rejection.Action;

/** What a command ends with; programs decide by it. Documented in {@code docs/cli.md}. */
enum Exit {
    /** Done. */
    OK(0),
    /** Refused: the request must be corrected. */
    REFUSED(1),
    /** The command line is wrong. */
    USAGE(2),
    /** The agent cannot be reached. */
    NO_AGENT(3),
    /** Refused for now: the same may succeed later. */
    RETRY(4),
    /** Somebody must look at the node. */
    OPERATOR(5),
    /** The change may have been made. */
    UNKNOWN(6);

    private final int code;

    Exit(int code) {
        this.code = code;
    }

    /** The number that the process ends with. */
    int code() {
        return code;
    }

    static Exit of(Action action) {
        return switch (action) {
            case RETRY -> Exit.RETRY;
            case FIX_REQUEST -> REFUSED;
            case CALL_OPERATOR -> OPERATOR;
            case OUTCOME_UNKNOWN -> UNKNOWN;
        };
    }
}
