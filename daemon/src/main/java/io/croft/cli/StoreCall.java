package io.croft.cli;

import io.croft.agent.Option;
import io.croft.agent.Options;
import io.croft.agent.SharedStore;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A subcommand that speaks to etcd itself, found by the agent's options of the store. */
abstract class StoreCall implements Callable<Integer>, Where.Given {
    @Mixin private final Where where = new Where();
    @Spec private CommandSpec spec;

    /** The command with its flags. */
    final CommandLine commandLine() {
        return TableFlags.add(new CommandLine(this), options());
    }

    /** The rows of the agent's table that are its flags. */
    List<Option> options() {
        return Options.OF_STORE;
    }

    @Override
    public final Where where() {
        return where;
    }

    @Override
    public final Integer call() throws Exception {
        try (var store = open()) {
            return ask(store, new Output(terminal(), Where.format(spec))).code();
        } finally {
            terminal().out().flush();
        }
    }

    /** A value that cannot be used is a fault of the command line, not of what is asked. */
    private SharedStore open() {
        try {
            return SharedStore.open(flags(), terminal().environment());
        } catch (RejectedException refused) {
            if (refused.rejection().reason() == Reason.INVALID_FIELD) {
                throw usage(refused.rejection().sentence());
            }
            throw refused;
        }
    }

    /** Asks and writes. */
    abstract Exit ask(SharedStore store, Output output) throws Exception;

    final Map<Option, List<String>> flags() {
        return TableFlags.given(spec, options());
    }

    final Terminal terminal() {
        return ((Croft) spec.root().userObject()).terminal();
    }

    /** A usage error of this command. */
    final RuntimeException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
