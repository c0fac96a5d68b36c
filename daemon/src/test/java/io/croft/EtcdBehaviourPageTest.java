package io.croft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that names a test for each thing that may befall etcd names tests that exist. */
class EtcdBehaviourPageTest {
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:IT|Test))\\.(\\w+)`");

    @Test
    void eachLineNamesTestsThatExist() throws IOException {
        Map<String, String> classes = classes();
        List<String> wrong = new ArrayList<>();
        int lines = 0;
        for (String line : Files.readAllLines(TidyTest.ROOT.resolve("docs/etcd-behaviour.md"))) {
            if (line.startsWith("| ") && !line.startsWith("| what befalls")) {
                lines++;
                Matcher named = NAMED.matcher(line.substring(line.lastIndexOf(" | ")));
                if (!named.find()) {
                    wrong.add(line);
                }
                named.reset()
                        .results()
                        .filter(test ->
                                !classes.getOrDefault(test.group(1), "")
                                        .contains(" void %s(".formatted(test.group(2))))
                        .forEach(test -> wrong.add(test.group()));
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(lines > 20, "there is something to look at");
    }

    private static Map<String, String> classes() throws IOException {
        Map<String, String> classes = new HashMap<>();
        try (Stream<Path> files = Files.walk(TidyTest.ROOT.resolve("daemon/src/test/java"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                classes.put(name, Files.readString(file));
            }
        }
        return classes;
    }
}
