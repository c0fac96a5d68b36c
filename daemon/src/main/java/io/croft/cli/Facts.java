package io.croft.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** One thing for people: names and values below each other, values aligned. */
final class Facts {
    private final Map<String, String> facts = new LinkedHashMap<>();

    /** An empty value is left out. */
    Facts add(String name, String value) {
        if (!value.isEmpty()) {
            facts.put(name, value);
        }
        return this;
    }

    Facts add(String name, long value) {
        return add(name, Long.toString(value));
    }

    String text() {
        int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0);
        var text = new StringBuilder();
        facts.forEach((name, value) ->
                text.append(name)
                        .append(':')
                        .repeat(' ', width - name.length() + 2)
                        .append(value)
                        .append('\n'));
        return text.toString();
    }
}
