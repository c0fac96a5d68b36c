package io.croft.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * Which agent is asked and how its answer is written: options that stand before or after a
 * subcommand.
 */
final class Where {
    private static final String DEFAULT_RUN_DIR = "/run/croft";

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            description =
                    "Run directory of the agent, which holds its sockets. Else $CROFT_RUN_DIR, else /run/croft.")
    private @Nullable Path runDir;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json or yaml.")
    private @Nullable Format format;

    /** Part of a command that can be asked for these options. */
    interface Given {
        Where where();
    }

    /** The run directory that was given at a command or at one above it. */
    static Path runDir(CommandSpec command, Terminal terminal) {
        return Path.of(
                given(command, where -> where.runDir)
                        .map(Path::toString)
                        .or(() -> terminal.variable("CROFT_RUN_DIR"))
                        .orElse(DEFAULT_RUN_DIR));
    }

    static Format format(CommandSpec command) {
        return given(command, where -> where.format).orElse(Format.TABLE);
    }

    private static <T> Optional<T> given(CommandSpec command, Function<Where, @Nullable T> option) {
        for (CommandSpec each = command; each != null; each = each.parent()) {
            if (each.userObject() instanceof Given given) {
                T value = option.apply(given.where());
                if (value != null) {
                    return Optional.of(value);
                }
            }
        }
        return Optional.empty();
    }
}
