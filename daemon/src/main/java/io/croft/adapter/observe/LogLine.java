package io.croft.adapter.observe;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Values;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;

/**
 * One line of the log. Nothing that a value holds ends the line or looks like another key: it is
 * quoted and escaped, and cut at a bound.
 */
record LogLine(Instant time, LogLevel level, String event, Map<String, String> facts) {
    private static final int LONGEST = 1024;
    private static final JsonFormat.Printer JSON =
            JsonFormat.printer().omittingInsignificantWhitespace();

    /** {@code time level event key=value…} */
    String text() {
        var line = new StringBuilder(160);
        line.append(time()).append(' ').append(name(level)).append(' ').append(key(event));
        facts.forEach((key, value) -> {
            line.append(' ').append(key(key)).append('=');
            appendValue(line, cut(value));
        });
        return line.toString();
    }

    /** One JSON object; the facts stand beside time, level and event. */
    String json() {
        var line =
                Struct.newBuilder()
                        .putFields("time", Values.of(time().toString()))
                        .putFields("level", Values.of(name(level)))
                        .putFields("event", Values.of(event));
        facts.forEach((key, value) -> {
            String name = line.containsFields(key(key)) ? "fact_" + key(key) : key(key);
            line.putFields(name, Values.of(cut(value)));
        });
        try {
            return JSON.print(line);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("strings only", e);
        }
    }

    @Override
    public Instant time() {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    private static String name(LogLevel level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static String cut(String value) {
        return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "...";
    }

    private static String key(String key) {
        return key.replaceAll("[^A-Za-z0-9_.-]", "_");
    }

    private static void appendValue(StringBuilder line, String value) {
        if (!value.isEmpty() && value.chars().allMatch(LogLine::isPlain)) {
            line.append(value);
            return;
        }
        line.append('"');
        value.chars().forEach(c -> appendEscaped(line, (char) c));
        line.append('"');
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 127 && c != '"' && c != '\\' && c != '=';
    }

    private static void appendEscaped(StringBuilder line, char c) {
        switch (c) {
            case '"', '\\' -> line.append('\\').append(c);
            case '\n' -> line.append("\\n");
            case '\t' -> line.append("\\t");
            default -> {
                // Letters of any script are readable; other signs may move a terminal's cursor.
                if ((c >= ' ' && c < 127) || Character.isLetterOrDigit(c)) {
                    line.append(c);
                } else {
                    line.append("\\u%04x".formatted((int) c));
                }
            }
        }
    }
}
