package io.croft.adapter.grpc;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an agent says of itself beyond what its state holds. Read on the loop's thread, so that the
 * journal may be asked.
 *
 * @param store {@code embedded}, or the endpoints
 * @param notServing why an Allocate cannot be decided now, one sentence; empty: it can
 * @param conditions what a person should know
 */
public record AgentFacts(
        String node,
        String installId,
        String version,
        String store,
        Optional<String> notServing,
        Duration uptime,
        long journalSequence,
        long journalBytes,
        List<Condition> conditions) {
    /** One thing that a person should know: a short name, and a sentence with the remedy. */
    public record Condition(String type, String message) {}

    public AgentFacts {
        conditions = List.copyOf(conditions);
    }

    /** The same with more that a person should know. */
    public AgentFacts with(List<Condition> more) {
        return new AgentFacts(
                node,
                installId,
                version,
                store,
                notServing,
                uptime,
                journalSequence,
                journalBytes,
                Stream.concat(conditions.stream(), more.stream()).toList());
    }
}
