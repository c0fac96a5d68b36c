package io.croft.agent;

import java.util.List;

/**
 * What holds for one option: its values as they were written, and where.
 *
 * @param where as an operator would look for it: a flag, a variable, a file's key, "default"
 */
public record Setting(Option option, List<String> values, String where) {
    public Setting {
        values = values.stream().map(value -> option.check(value, where)).toList();
    }

    /** The one value of an option that has one. */
    String value() {
        return values.getLast();
    }

    boolean isEmpty() {
        return values.isEmpty() || value().isEmpty();
    }

    boolean isTrue() {
        return value().equals("true");
    }
}
