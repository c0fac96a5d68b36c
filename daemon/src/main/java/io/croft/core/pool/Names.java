package io.croft.core.pool;

import io.croft.core.rejection.Rejection;
import java.util.regex.Pattern;

/**
 * Names of pools, ranges and clusters: those of Kubernetes objects, so that they can be keys,
 * labels and objects as they are.
 */
public final class Names {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?");
    private static final int LONGEST_DESCRIPTION = 256;

    private Names() {}

    /** Refuses with INVALID_FIELD what is no such name. */
    public static void check(String field, String name) {
        if (!NAME.matcher(name).matches()) {
            throw Rejection.invalid(
                            field,
                            name,
                            "must be 1 to 63 lower case letters, digits, '-' or '.', with a letter or digit at both ends")
                    .asException();
        }
    }

    static void checkDescription(String description) {
        if (description.length() > LONGEST_DESCRIPTION) {
            throw Rejection.invalid(
                            "description",
                            description.length() + " characters",
                            "at most " + LONGEST_DESCRIPTION)
                    .asException();
        }
    }
}
