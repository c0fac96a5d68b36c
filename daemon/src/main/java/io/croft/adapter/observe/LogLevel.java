package io.croft.adapter.observe;

import java.util.Locale;

/** How much a line matters, least first. */
public enum LogLevel {
    /** Each ADD and DEL. */
    DEBUG,
    /** Decisions that a person would ask about. */
    INFO,
    /** Something is wrong, and it goes on. */
    WARN,
    /** Somebody must look. */
    ERROR;

    /** From its name in any case. */
    public static LogLevel of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    boolean isAtLeast(LogLevel other) {
        return compareTo(other) >= 0;
    }
}
