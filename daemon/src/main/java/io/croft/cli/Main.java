package io.croft.cli;

import io.croft.adapter.host.BootFacts;
import io.croft.agent.Agent;
import io.croft.agent.AgentConfig;
import io.croft.agent.Option;
import io.croft.core.rejection.RejectedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the process begins: an agent goes straight to work, everything else to {@link Croft}. */
public final class Main {
    private Main() {}

    public static void main(String[] words) {
        Optional<Map<Option, List<String>>> flags = PlainFlags.read(words);
        if (flags.isPresent()) {
            System.exit(agent(flags.get()));
        }
        Croft.main(words);
    }

    private static int agent(Map<Option, List<String>> flags) {
        try {
            return Agent.run(AgentConfig.load(flags, System.getenv(), BootFacts::hostName));
        } catch (RejectedException refused) {
            System.err.println("croft agent: " + refused.getMessage());
            return Exit.REFUSED.code();
        } catch (RuntimeException failure) {
            System.err.println("croft: " + failure);
            return Exit.OPERATOR.code();
        }
    }
}
