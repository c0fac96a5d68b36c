package io.croft.cli;

import io.croft.adapter.file.NioDisk;
import io.croft.adapter.journal.JournalDump;
import io.croft.core.rejection.Rejection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code croft journal dump}: reads the files itself, so that it works without an agent. */
@Command(
        name = "dump",
        description = {
            "Prints the journal: a line for each event, or with -o json an object for each record.",
            "Asks no agent and changes nothing. Ends with 5 when the journal is damaged."
        },
        footer = {
            "",
            "Examples:",
            "  croft journal dump",
            "  croft journal dump --state-dir /var/lib/croft -o json"
        })
final class JournalDumpCommand implements Callable<Integer>, Where.Given {
    private static final String DEFAULT_STATE_DIR = "/var/lib/croft";

    @Mixin private final Where where = new Where();
    @Spec private CommandSpec spec;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description =
                    "State directory of the agent. Else $CROFT_STATE_DIR, else /var/lib/croft.")
    private @Nullable Path stateDir;

    @Override
    public Where where() {
        return where;
    }

    @Override
    public Integer call() throws IOException {
        var terminal = ((Croft) spec.root().userObject()).terminal();
        Path state =
                stateDir != null
                        ? stateDir
                        : Path.of(terminal.variable("CROFT_STATE_DIR").orElse(DEFAULT_STATE_DIR));
        Path journal = state.resolve("journal");
        if (!Files.isDirectory(journal)) {
            throw Rejection.invalid("state-dir", state.toString(), "there is no journal in it")
                    .remedy("name the agent's state directory with --state-dir")
                    .asException();
        }
        boolean whole = new JournalDump(new NioDisk(), journal).print(form(), terminal.out());
        terminal.out().flush();
        return (whole ? Exit.OK : Exit.OPERATOR).code();
    }

    private JournalDump.Form form() {
        return switch (Where.format(spec)) {
            case TABLE -> JournalDump.Form.TEXT;
            case JSON -> JournalDump.Form.JSON;
            case YAML ->
                    throw new ParameterException(
                            spec.commandLine(), "journal dump writes lines, or -o json");
        };
    }
}
