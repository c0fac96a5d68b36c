package io.croft.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A word that does nothing without a subcommand of its own. */
abstract class CommandGroup implements Runnable, Where.Given {
    @Mixin private final Where where = new Where();
    @Spec private CommandSpec spec;

    @Override
    public final Where where() {
        return where;
    }

    @Override
    public final void run() {
        throw new ParameterException(spec.commandLine(), "Missing subcommand");
    }
}
