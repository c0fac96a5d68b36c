package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OptionsDocTest {
    private static final String HEADER =
            "| option | variable | value | default | meaning |\n|---|---|---|---|---|\n";

    @Test
    void docsHaveTheTableOfOptions() throws IOException {
        String page = Files.readString(Path.of("../docs/configuration.md"));
        int begin = page.indexOf(HEADER);
        String table = page.substring(begin, page.indexOf("\n\n", begin) + 1);
        assertEquals(
                HEADER + Options.ALL.stream().map(this::row).collect(Collectors.joining()), table);
    }

    private String row(Option option) {
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(
                        option.flag(),
                        option.places() == Option.Places.FLAG_ONLY
                                ? ""
                                : code(option.environment()),
                        code(option.form().label().replace("|", "` or `")),
                        code(option.byDefault()),
                        option.help());
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
