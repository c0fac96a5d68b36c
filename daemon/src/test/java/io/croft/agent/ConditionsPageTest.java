package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of conditions has those that the agent tells, and no others. */
class ConditionsPageTest {
    private static final Path AGENT = Path.of("src/main/java/io/croft/agent");
    private static final Path PAGE = Path.of("../docs/conditions.md");
    private static final Pattern TOLD =
            Pattern.compile("new Condition\\(\\s*(?:Reason\\.)?\"?([A-Z]+(?:_[A-Z]+)+)");
    private static final Pattern NAME = Pattern.compile("`([A-Z]+(?:_[A-Z]+)+)`");

    @Test
    void namesWhatIsTold() throws IOException {
        Set<String> told = new TreeSet<>();
        try (Stream<Path> files = Files.list(AGENT)) {
            for (Path file : files.toList()) {
                TOLD.matcher(Files.readString(file))
                        .results()
                        .forEach(each -> told.add(each.group(1)));
            }
        }
        StoreWatch.REFUSING.forEach(reason -> told.add(reason.name()));
        assertEquals(told, named());
    }

    private static Set<String> named() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `"))
                .flatMap(line -> NAME.matcher(line.substring(0, line.indexOf(" | ", 2))).results())
                .map(each -> each.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
