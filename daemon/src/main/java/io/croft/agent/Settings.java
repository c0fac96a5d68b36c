package io.croft.agent;

import io.croft.agent.Option.Places;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What holds for every option, after the order of precedence: flag over environment over file over
 * default.
 */
final class Settings {
    static final Path USUAL_FILE = Path.of("/etc/croft/agent.yaml");

    private final Map<Option, Setting> byOption;

    private Settings(Map<Option, Setting> byOption) {
        this.byOption = byOption;
    }

    /**
     * @param flags values of the flags that were given
     * @param environment where an empty variable counts as none
     * @param usualFile read where no other is named, if it exists
     */
    static Settings gather(
            Map<Option, List<String>> flags, Map<String, String> environment, Path usualFile) {
        var byOption = new LinkedHashMap<Option, Setting>();
        for (Option option : Options.ALL) {
            said(option, flags, environment).ifPresent(setting -> byOption.put(option, setting));
        }
        file(Optional.ofNullable(byOption.get(Options.CONFIG)), usualFile)
                .map(OptionFile::read)
                .ifPresent(inFile -> inFile.forEach(byOption::putIfAbsent));
        for (Option option : Options.ALL) {
            byOption.computeIfAbsent(option, Settings::byDefault);
        }
        return new Settings(byOption);
    }

    private static Optional<Setting> said(
            Option option, Map<Option, List<String>> flags, Map<String, String> environment) {
        if (flags.containsKey(option)) {
            return Optional.of(
                    new Setting(option, flags.getOrDefault(option, List.of()), option.flag()));
        }
        String value = environment.getOrDefault(option.environment(), "");
        if (value.isEmpty() || option.places() == Places.FLAG_ONLY) {
            return Optional.empty();
        }
        List<String> values =
                option.form() instanceof Option.Form.Pairs
                        ? List.of(value.split(","))
                        : List.of(value);
        return Optional.of(new Setting(option, values, option.environment()));
    }

    private static Optional<OptionFile> file(Optional<Setting> named, Path usualFile) {
        return named.filter(setting -> !setting.isEmpty())
                .map(setting -> Path.of(setting.value()))
                .or(() -> Optional.of(usualFile).filter(Files::exists))
                .map(OptionFile::new);
    }

    private static Setting byDefault(Option option) {
        boolean none = option.byDefault().isEmpty();
        return new Setting(option, none ? List.of() : List.of(option.byDefault()), "default");
    }

    Setting get(Option option) {
        return byOption.getOrDefault(option, byDefault(option));
    }

    /** What the option was set to; empty: nothing. */
    Optional<String> text(Option option) {
        Setting setting = get(option);
        return setting.isEmpty() ? Optional.empty() : Optional.of(setting.value());
    }

    /**
     * The value as something else; a value that cannot be one is refused with the parser's words.
     */
    <T> T as(Option option, Function<String, T> parser) {
        Setting setting = get(option);
        String value = setting.isEmpty() ? "" : setting.value();
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException e) {
            throw option.refuse(value, setting.where(), String.valueOf(e.getMessage()));
        }
    }

    /** In the table's order. */
    List<Setting> all() {
        return Options.ALL.stream().map(this::get).toList();
    }
}
