package io.croft.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code croft completion}. */
@Command(
        name = "completion",
        description = "Prints a script that lets the shell complete croft's words.",
        footer = {
            "",
            "Examples:",
            "  source <(croft completion bash)",
            "  croft completion zsh > ~/.croft-completion && echo source ~/.croft-completion >> ~/.zshrc"
        })
final class CompletionCommand implements Callable<Integer> {
    enum Shell {
        BASH,
        ZSH
    }

    @Parameters(paramLabel = "SHELL", description = "bash or zsh; both take the same script.")
    private Shell shell = Shell.BASH;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        var out = ((Croft) spec.root().userObject()).terminal().out();
        out.println("# Completion of croft for " + shell.name().toLowerCase(Locale.ROOT));
        // The script itself turns on bash's way of completion where it runs in zsh.
        out.print(AutoComplete.bash("croft", spec.root().commandLine()));
        out.flush();
        return Exit.OK.code();
    }
}
