package io.croft.cli;

import java.io.Console;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Where a command reads and writes, and what it knows of its surroundings.
 *
 * @param colour whether people look at {@code out} and want colour
 */
record Terminal(
        InputStream in,
        PrintWriter out,
        PrintWriter err,
        boolean colour,
        Map<String, String> environment) {
    /** The terminal of this process. */
    static Terminal ofProcess() {
        Map<String, String> environment = System.getenv();
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        boolean people =
                Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
        return new Terminal(
                System.in,
                new PrintWriter(System.out, false, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                people && !plain,
                environment);
    }

    /** A variable of the environment; an empty one is unset. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
