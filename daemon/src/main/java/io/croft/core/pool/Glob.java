package io.croft.core.pool;

import io.croft.core.rejection.Rejection;

/**
 * A pattern for names: {@code *} stands for any characters, {@code ?} for one, everything else for
 * itself.
 */
public record Glob(String text) {
    /** More are no use in a name of 63 characters, and would make matching slow. */
    private static final int MOST_STARS = 4;

    public Glob {
        check("glob", text);
    }

    /** Reads a pattern; a refusal names the field. */
    public static Glob parse(String field, String text) {
        check(field, text);
        return new Glob(text);
    }

    private static void check(String field, String text) {
        if (text.isEmpty()
                || text.length() > 253
                || text.chars().filter(c -> c == '*').count() > MOST_STARS) {
            throw Rejection.invalid(
                            field,
                            text,
                            "must have 1 to 253 characters and at most %d stars"
                                    .formatted(MOST_STARS))
                    .asException();
        }
    }

    /** Whether it has no wildcard, so that it names exactly one thing. */
    public boolean isExact() {
        return text.indexOf('*') < 0 && text.indexOf('?') < 0;
    }

    /** In time proportional to both lengths at most, whatever the name: it comes from a request. */
    public boolean matches(String name) {
        int at = 0;
        int in = 0;
        int star = -1;
        int afterStar = 0;
        while (in < name.length()) {
            if (at < text.length() && text.charAt(at) == '*') {
                star = at++;
                afterStar = in;
            } else if (at < text.length()
                    && (text.charAt(at) == '?' || text.charAt(at) == name.charAt(in))) {
                at++;
                in++;
            } else if (star >= 0) {
                // The last star takes one more character; earlier ones need not be tried again.
                at = star + 1;
                in = ++afterStar;
            } else {
                return false;
            }
        }
        return text.substring(at).chars().allMatch(c -> c == '*');
    }
}
