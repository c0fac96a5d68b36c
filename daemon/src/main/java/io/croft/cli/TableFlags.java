package io.croft.cli;

import io.croft.agent.Option;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Flags of a command that are rows of the agent's table of options. */
final class TableFlags {
    private TableFlags() {}

    /** Gives a command those of the rows. */
    static CommandLine add(CommandLine command, List<Option> options) {
        options.forEach(option -> command.getCommandSpec().addOption(flag(option)));
        return command;
    }

    /** The values of those that were given. */
    static Map<Option, List<String>> given(CommandSpec command, List<Option> options) {
        CommandLine.ParseResult parsed = command.commandLine().getParseResult();
        var flags = new LinkedHashMap<Option, List<String>>();
        for (Option option : options) {
            OptionSpec given = parsed.matchedOption(option.flag());
            if (given != null) {
                flags.put(option, given.stringValues());
            }
        }
        return flags;
    }

    private static OptionSpec flag(Option option) {
        var flag = OptionSpec.builder(option.flag()).description(help(option));
        return switch (option.form()) {
            case Option.Form.Flag _ -> flag.arity("0").type(boolean.class).build();
            case Option.Form.Pairs pairs ->
                    flag.arity("1")
                            .type(List.class)
                            .auxiliaryTypes(String.class)
                            .paramLabel(pairs.label())
                            .build();
            default -> flag.arity("1").type(String.class).paramLabel(option.form().label()).build();
        };
    }

    private static String help(Option option) {
        boolean plain = option.byDefault().isEmpty() || option.byDefault().equals("false");
        // Percent signs are picocli's own.
        return (option.help() + (plain ? "" : " Default: " + option.byDefault()))
                .replace("%", "%%");
    }
}
