package io.croft.core.rejection;

/** What the caller of a refused request must do. */
public enum Action {
    /** The same request may succeed later. */
    RETRY,
    /** The same request fails again until it, or what it names, is changed. */
    FIX_REQUEST,
    /** Somebody must look at the node. */
    CALL_OPERATOR,
    /** The change may have been made: look before repeating it. */
    OUTCOME_UNKNOWN
}
