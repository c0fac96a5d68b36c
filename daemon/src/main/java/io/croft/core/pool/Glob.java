package io.croft.core.pool;

import io.croft.core.rejection.Rejection;
import java.util.regex.Pattern;

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

    public boolean matches(String name) {
        if (isExact()) {
            return text.equals(name);
        }
        var regex = new StringBuilder();
        text.chars()
                .forEach(c ->
                        regex.append(
                                switch (c) {
                                    case '*' -> ".*";
                                    case '?' -> ".";
                                    default -> Pattern.quote(Character.toString(c));
                                }));
        return name.matches(regex.toString());
    }
}
