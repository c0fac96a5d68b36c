package io.croft.adapter.observe;

import com.google.gson.JsonObject;
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
        var line = new JsonObject();
        line.addProperty("time", time().toString());
        line.addProperty("level", name(level));
        line.addProperty("event", event);
        facts.forEach((key, value) -> {
            String name = key(key);
            line.addProperty(line.has(name) ? "fact_" + name : name, cut(value));
        });
        return line.toString();
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
