package io.croft.agent;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * The file of options: one YAML mapping from names to values. Everything in it is text, so that an
 * id of digits stays what it is.
 */
final class OptionFile {
    private static final int MOST_BYTES = 64 * 1024;

    private final Path path;

    OptionFile(Path path) {
        this.path = path;
    }

    /** What it says, by option. */
    Map<Option, Setting> read() {
        if (!(parse() instanceof Map<?, ?> mapping)) {
            throw refuse("it must be a mapping of option names to values");
        }
        var settings = new LinkedHashMap<Option, Setting>();
        mapping.forEach((key, value) -> {
            Option option = option(String.valueOf(key));
            String where = option.name() + " in " + path;
            settings.put(option, new Setting(option, values(option, value, where), where));
        });
        return settings;
    }

    private Object parse() {
        String text = text();
        var settings =
                LoadSettings.builder()
                        .setLabel(path.toString())
                        .setSchema(new FailsafeSchema())
                        .setAllowDuplicateKeys(false)
                        .setMaxAliasesForCollections(0)
                        .setCodePointLimit(MOST_BYTES)
                        .build();
        var documents = new ArrayList<Object>();
        try {
            new Load(settings).loadAllFromString(text).forEach(documents::add);
        } catch (StackOverflowError nested) {
            // Thousands of brackets, in the parser.
            throw refuse("it is nested too deep");
        } catch (RuntimeException e) {
            throw refuse(explain(e));
        }
        if (documents.size() > 1) {
            throw refuse("it has more than one document");
        }
        // There is none in a file of comments only.
        return documents.isEmpty() ? Map.of() : documents.getFirst();
    }

    /** Odd tags, keys and documents meet exceptions in the parser that explain nothing. */
    private static String explain(RuntimeException failure) {
        return failure instanceof YamlEngineException && failure.getCause() == null
                ? "it is not YAML: " + String.valueOf(failure.getMessage()).replace('\n', ' ')
                : "it is YAML that no option is written in";
    }

    private String text() {
        try (var in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw refuse("it is larger than " + MOST_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw refuse("there is no such file");
        } catch (AccessDeniedException e) {
            throw refuse("it may not be read by this user");
        } catch (IOException e) {
            throw refuse(e.toString());
        }
    }

    private Option option(String key) {
        Option option =
                Options.named(key)
                        .orElseThrow(() -> {
                            String meant =
                                    Options.like(key)
                                            .map(like -> "write \"" + like.name() + "\"")
                                            .orElse("see croft agent --help");
                            return unknown(key, "there is no option of that name", meant);
                        });
        if (option.places() != Option.Places.EVERYWHERE) {
            throw unknown(key, "a file cannot say that", "use " + option.flag());
        }
        return option;
    }

    private List<String> values(Option option, @Nullable Object value, String where) {
        return switch (value) {
            case null -> List.of("");
            case String text -> List.of(text);
            case List<?> list when option.form() instanceof Option.Form.Pairs ->
                    list.stream().map(String::valueOf).toList();
            case Map<?, ?> pairs when option.form() instanceof Option.Form.Pairs -> {
                var all = new ArrayList<String>();
                pairs.forEach((key, of) -> all.add(key + "=" + of));
                yield all;
            }
            default -> throw option.refuse(value.toString(), where, "must be one value");
        };
    }

    private RejectedException unknown(String key, String why, String remedy) {
        return Reason.CANNOT_START
                .because("\"%s\" in %s: %s".formatted(key, path, why))
                .remedy(remedy)
                .with("field", key.isEmpty() ? "config" : key)
                .asException();
    }

    private RejectedException refuse(String why) {
        return Reason.CANNOT_START
                .because("config \"%s\" cannot be used: %s".formatted(path, why))
                .remedy("correct the file, or name another with --config")
                .with("field", "config")
                .with("value", path.toString())
                .asException();
    }
}
