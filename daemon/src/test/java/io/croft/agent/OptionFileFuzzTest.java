package io.croft.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.testing.FuzzTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Any bytes as the agent's file of options: taken, or refused by the name of an option. */
final class OptionFileFuzzTest extends FuzzTarget {
    private final Path file = scratch().resolve("agent.yaml");

    @Override
    protected void hold(byte[] input) throws IOException {
        Files.write(file, input);
        try {
            var flags = Map.of(Options.CONFIG, List.of(file.toString()));
            AgentConfig config = AgentConfig.load(flags, Map.of(), () -> "host-1");
            assertFalse(config.node().isEmpty());
        } catch (RejectedException refused) {
            var why = refused.rejection();
            assertEquals(Reason.CANNOT_START, why.reason(), why::toString);
            assertFalse(why.facts().getOrDefault("field", "").isEmpty(), why::toString);
            assertFalse(why.remedy().isEmpty(), why::toString);
            assertEquals(1, why.message().lines().count(), why::toString);
            // What the Java machine says of a null; a refusal quotes the file, which may say it
            // too.
            boolean quoted = new String(input, UTF_8).contains("Cannot invoke");
            assertFalse(!quoted && why.message().contains("Cannot invoke \""), why::toString);
        }
    }
}
