package io.croft.agent;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.util.List;
import java.util.Locale;

/**
 * One thing that an operator can say to the agent: a row of {@link Options}.
 *
 * @param name as in the file; {@code --name} and {@code CROFT_NAME} are made from it
 * @param places where it may be said
 * @param byDefault as an operator would write it; empty: nothing
 */
public record Option(String name, Form form, Places places, String byDefault, String help) {
    /** What a value looks like. */
    public sealed interface Form {
        /** A word for what stands behind the option in help texts; empty: nothing does. */
        default String label() {
            return "";
        }

        record Text(String label) implements Form {}

        /** Given or not. */
        record Flag() implements Form {}

        record Choice(List<String> values) implements Form {
            @Override
            public String label() {
                return String.join("|", values);
            }
        }

        /** Any number of {@code KEY=VALUE}. */
        record Pairs() implements Form {
            @Override
            public String label() {
                return "KEY=VALUE";
            }
        }
    }

    /** Where an option may be said. */
    public enum Places {
        EVERYWHERE,
        NOT_IN_FILE,
        FLAG_ONLY
    }

    public String flag() {
        return "--" + name;
    }

    public String environment() {
        return "CROFT_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** The value, if it may be one; {@code where} it was said tells the operator what to mend. */
    String check(String value, String where) {
        boolean control = value.chars().anyMatch(Character::isISOControl);
        boolean good =
                !control
                        && switch (form) {
                            case Form.Text text -> true;
                            case Form.Flag flag -> value.equals("true") || value.equals("false");
                            case Form.Choice(var values) -> values.contains(value);
                            case Form.Pairs pairs -> value.indexOf('=') > 0;
                        };
        if (!good) {
            throw refuse(value, where, "must be " + expected());
        }
        return value;
    }

    private String expected() {
        return switch (form) {
            case Form.Text text -> "text without control characters";
            case Form.Flag flag -> "true or false";
            case Form.Choice(var values) -> String.join(" or ", values);
            case Form.Pairs pairs -> "KEY=VALUE";
        };
    }

    /** A refusal to start because of this option's value. */
    RejectedException refuse(String value, String where, String why) {
        return Reason.CANNOT_START
                .because("%s \"%s\" (%s): %s".formatted(name, value, where, why))
                .remedy("correct %s and start again".formatted(where))
                .with("field", name)
                .with("value", value)
                .asException();
    }
}
