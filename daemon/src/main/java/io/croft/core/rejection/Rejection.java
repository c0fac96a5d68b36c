package io.croft.core.rejection;

import java.util.Map;
import java.util.TreeMap;

/**
 * An answer of "no": why, in one sentence for people, what to do about it, and the facts for
 * programs.
 *
 * @param message one sentence without a full stop that names field and value or pool and numbers;
 *     one line, whatever was given
 * @param facts short lower-case keys as {@code field}, {@code value}, {@code pool}
 */
public record Rejection(Reason reason, String message, String remedy, Map<String, String> facts) {
    /** A longer value is shown by its beginning: a refusal travels in headers of 8 KiB. */
    private static final int LONGEST_VALUE = 128;

    public Rejection {
        message = oneLine(message);
        facts = Map.copyOf(facts);
    }

    /** A value from outside may hold line breaks and worse, which would forge lines of a log. */
    private static String oneLine(String text) {
        if (text.codePoints().noneMatch(Rejection::breaks)) {
            return text;
        }
        var line = new StringBuilder();
        text.codePoints()
                .forEach(each -> {
                    if (breaks(each)) {
                        line.append("\\u%04x".formatted(each));
                    } else {
                        line.appendCodePoint(each);
                    }
                });
        return line.toString();
    }

    private static boolean breaks(int codePoint) {
        return Character.isISOControl(codePoint) || codePoint == 0x2028 || codePoint == 0x2029;
    }

    /** A field of a request or of a pool with a value that is not allowed. */
    public static Rejection invalid(String field, String value, String why) {
        String shown =
                value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) + "..." : value;
        return Reason.INVALID_FIELD
                .because("%s \"%s\": %s".formatted(field, shown, why))
                .with("field", field)
                .with("value", shown);
    }

    public Rejection with(String fact, String value) {
        var more = new TreeMap<>(facts);
        more.put(fact, value);
        return new Rejection(reason, message, remedy, more);
    }

    public Rejection remedy(String better) {
        return new Rejection(reason, message, better, facts);
    }

    public RejectedException asException() {
        return new RejectedException(this);
    }

    /** The sentence that people read: what is wrong; what to do. */
    public String sentence() {
        return message + "; " + remedy;
    }
}
