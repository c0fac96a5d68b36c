package io.croft.cli;

import io.croft.agent.Agent;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code croft}: the tree of its subcommands. */
@Command(
        name = "croft",
        description = "IP addresses for Kubernetes pods, kept on the node.",
        footer = {
            "",
            "Exit codes: 0 done; 1 refused, correct the request; 2 wrong command line; 3 agent not reachable; "
                    + "4 refused for now, retry; 5 call the operator; 6 outcome unknown, look before repeating.",
            "",
            "Examples:",
            "  croft status",
            "  croft pool create pods 10.1.0.0/16 --default",
            "  croft ip list --namespace web -o json"
        })
public final class Croft implements Runnable, Where.Given {
    private final Terminal terminal;

    @Mixin private final Where where = new Where();
    @Spec private CommandSpec spec;

    private Croft(Terminal terminal) {
        this.terminal = terminal;
    }

    public static void main(String[] args) {
        System.exit(commandLine(Terminal.ofProcess()).execute(args));
    }

    /** The whole tree; a new subcommand is one line here. */
    static CommandLine commandLine(Terminal terminal) {
        var croft =
                new CommandLine(new Croft(terminal))
                        .addSubcommand(new StatusCommand())
                        .addSubcommand(
                                group(new PoolCommand())
                                        .addSubcommand(new PoolCreateCommand())
                                        .addSubcommand(new PoolApplyCommand().commandLine())
                                        .addSubcommand(new PoolListCommand())
                                        .addSubcommand(new PoolShowCommand())
                                        .addSubcommand(new PoolPauseCommand())
                                        .addSubcommand(new PoolResumeCommand())
                                        .addSubcommand(new PoolDrainCommand())
                                        .addSubcommand(new PoolDeleteCommand()))
                        .addSubcommand(
                                group(new ExternalCommand())
                                        .addSubcommand(new ExternalAddCommand())
                                        .addSubcommand(new ExternalListCommand())
                                        .addSubcommand(new ExternalRemoveCommand()))
                        .addSubcommand(
                                group(new BlockCommand()).addSubcommand(new BlockListCommand()))
                        .addSubcommand(
                                group(new IpCommand())
                                        .addSubcommand(new IpListCommand())
                                        .addSubcommand(new IpShowCommand())
                                        .addSubcommand(new IpReleaseCommand()))
                        .addSubcommand(
                                group(new NodeCommand())
                                        .addSubcommand(new NodeListCommand())
                                        .addSubcommand(new NodeShowCommand())
                                        .addSubcommand(new NodeLeaveCommand())
                                        .addSubcommand(new NodeReclaimCommand()))
                        .addSubcommand(
                                group(new StoreCommand())
                                        .addSubcommand(new StoreInitCommand().commandLine())
                                        .addSubcommand(new StoreGrantCommand().commandLine())
                                        .addSubcommand(new StoreStatusCommand().commandLine())
                                        .addSubcommand(new StoreFreezeCommand().commandLine())
                                        .addSubcommand(new StoreUnfreezeCommand().commandLine())
                                        .addSubcommand(new StoreMigrateCommand().commandLine()))
                        .addSubcommand(new AuditCommand().commandLine())
                        .addSubcommand(new GcCommand())
                        .addSubcommand(new EventsCommand())
                        .addSubcommand(
                                group(new CniCommand())
                                        .addSubcommand(new CniInstallCommand())
                                        .addSubcommand(new CniRemoveCommand()))
                        .addSubcommand(
                                group(new JournalCommand()).addSubcommand(new JournalDumpCommand()))
                        .addSubcommand(AgentCommand.create(Agent::run, System.getenv()))
                        .addSubcommand(new VersionCommand())
                        .addSubcommand(new CompletionCommand());
        var failures = new Failures(terminal);
        croft.getSubcommands().values().forEach(Croft::helpEverywhere);
        helpEverywhere(croft);
        return croft.setOut(terminal.out())
                .setErr(terminal.err())
                // A word with an @ is a name that is refused, not a file to read.
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures);
    }

    private static CommandLine group(CommandGroup group) {
        return new CommandLine(group);
    }

    private static void helpEverywhere(CommandLine command) {
        command.getCommandSpec().mixinStandardHelpOptions(false);
        command.getSubcommands().values().forEach(Croft::helpEverywhere);
        if (command.getCommandSpec().findOption("--help") == null) {
            command.getCommandSpec()
                    .addOption(
                            CommandLine.Model.OptionSpec.builder("-h", "--help")
                                    .usageHelp(true)
                                    .description("Show this help.")
                                    .build());
        }
    }

    Terminal terminal() {
        return terminal;
    }

    @Override
    public Where where() {
        return where;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing subcommand");
    }
}
