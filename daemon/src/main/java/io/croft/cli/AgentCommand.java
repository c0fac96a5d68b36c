package io.croft.cli;

import io.croft.adapter.host.BootFacts;
import io.croft.agent.AgentConfig;
import io.croft.agent.Options;
import io.croft.agent.Setting;
import io.croft.core.rejection.RejectedException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code croft agent}: its flags are the table of {@link Options}. */
public final class AgentCommand {
    private final ToIntFunction<AgentConfig> agent;
    private final Map<String, String> environment;
    private final CommandSpec spec;

    private AgentCommand(ToIntFunction<AgentConfig> agent, Map<String, String> environment) {
        this.agent = agent;
        this.environment = environment;
        this.spec = CommandSpec.wrapWithoutInspection((Callable<Integer>) this::execute);
    }

    /**
     * The command.
     *
     * @param agent runs until it is told to end; gives the exit code
     */
    public static CommandLine create(
            ToIntFunction<AgentConfig> agent, Map<String, String> environment) {
        return new AgentCommand(agent, environment).commandLine();
    }

    private CommandLine commandLine() {
        spec.name("agent").mixinStandardHelpOptions(true);
        spec.usageMessage()
                .description("Runs the agent of this node until it gets SIGTERM.")
                .sortOptions(false)
                .footer(
                        "",
                        "Each option may also be said as a CROFT_ variable or in the file of"
                                + " --config; a flag wins over a variable, and that over the file.",
                        "",
                        "Examples:",
                        "  croft agent --node n1",
                        "  croft agent --config /etc/croft/agent.yaml --check-config",
                        "  croft agent --label zone=a --label rack=7 --metrics-address off");
        return TableFlags.add(new CommandLine(spec), Options.ALL);
    }

    private int execute() {
        PrintWriter err = spec.commandLine().getErr();
        try {
            AgentConfig config =
                    AgentConfig.load(
                            TableFlags.given(spec, Options.ALL), environment, BootFacts::hostName);
            return config.checkOnly() ? show(config) : agent.applyAsInt(config);
        } catch (RejectedException e) {
            err.println("croft agent: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private int show(AgentConfig config) {
        PrintWriter out = spec.commandLine().getOut();
        for (Setting setting : config.settings()) {
            out.printf(
                    "%-20s %-36s %s%n",
                    setting.option().name(), used(setting, config), where(setting));
        }
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    /** A node that nobody named has its host's name. */
    private static String used(Setting setting, AgentConfig config) {
        return isHostName(setting) ? config.node() : String.join(",", setting.values());
    }

    private static String where(Setting setting) {
        return isHostName(setting) ? "the host's name" : setting.where();
    }

    private static boolean isHostName(Setting setting) {
        return setting.option().equals(Options.NODE) && String.join("", setting.values()).isEmpty();
    }
}
