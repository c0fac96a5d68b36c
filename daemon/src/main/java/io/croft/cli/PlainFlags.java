package io.croft.cli;

import io.croft.agent.Option;
import io.croft.agent.Options;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The flags of {@code croft agent} where nothing about them needs judgement: known, whole, and once
 * each. All else (help, a misspelt flag, a missing value) is left to the parser of the whole
 * command line, which costs a fifth of an agent's start.
 */
final class PlainFlags {
    private PlainFlags() {}

    /** Empty: the words are no agent's, or not as plain as that. */
    static Optional<Map<Option, List<String>>> read(String[] words) {
        if (words.length == 0 || !words[0].equals("agent")) {
            return Optional.empty();
        }
        var flags = new LinkedHashMap<Option, List<String>>();
        int next = 1;
        while (next < words.length) {
            String word = words[next++];
            int equals = word.indexOf('=');
            Option option = named(equals < 0 ? word : word.substring(0, equals));
            if (option == null || option.equals(Options.CHECK_CONFIG)) {
                return Optional.empty();
            }
            boolean bare = option.form() instanceof Option.Form.Flag;
            boolean lacking = !bare && equals < 0 && next == words.length;
            boolean again =
                    flags.containsKey(option) && !(option.form() instanceof Option.Form.Pairs);
            if (lacking || again || (bare && equals >= 0)) {
                return Optional.empty();
            }
            String value = bare ? "true" : equals < 0 ? words[next++] : word.substring(equals + 1);
            if (value.isEmpty() || value.startsWith("-") || value.startsWith("@")) {
                return Optional.empty();
            }
            flags.computeIfAbsent(option, o -> new ArrayList<>()).add(value);
        }
        return Optional.of(flags);
    }

    private static @Nullable Option named(String flag) {
        for (Option option : Options.ALL) {
            if (option.flag().equals(flag)) {
                return option;
            }
        }
        return null;
    }
}
