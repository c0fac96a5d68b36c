package io.croft.core.netns;

/** What a look at a namespace showed. */
public enum NetnsFate {
    /** It was seen at its path before, and is not there now. */
    GONE,
    ALIVE,
    /** Nobody could look, or nobody ever saw it; proves nothing. */
    UNKNOWN
}
