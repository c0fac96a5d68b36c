package io.croft.cli;

import io.croft.proto.v1.GetStatusResponse;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code croft version}: of this program; asks nobody. */
@Command(
        name = "version",
        description = "Prints the version of this program. The agent's own is in croft status.",
        footer = {"", "Example:", "  croft version"})
final class VersionCommand implements Callable<Integer>, Where.Given {
    private static final String UNBUILT = "development";

    @Mixin private final Where where = new Where();
    @Spec private CommandSpec spec;

    /** The version that the jar was built as. */
    static String version() {
        return Optional.ofNullable(Croft.class.getPackage().getImplementationVersion())
                .orElse(UNBUILT);
    }

    @Override
    public Where where() {
        return where;
    }

    @Override
    public Integer call() {
        var terminal = ((Croft) spec.root().userObject()).terminal();
        var message = GetStatusResponse.newBuilder().setVersion(version()).build();
        if (Where.format(spec) == Format.TABLE) {
            terminal.out().println("croft " + version());
        } else {
            new Output(terminal, Where.format(spec)).one(message, () -> "");
        }
        terminal.out().flush();
        return Exit.OK.code();
    }
}
