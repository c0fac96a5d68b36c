package io.croft.cli;

import io.croft.proto.v1.WatchEventsRequest;
import io.croft.proto.v1.WatchEventsResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft events}. */
@Command(
        name = "events",
        description = "Prints decisions as they are made, one a line, until it is interrupted.",
        footer = {"", "Examples:", "  croft events", "  croft events -o json --for 10s"})
final class EventsCommand extends AgentCall {
    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Times.Converter.class,
            description = "Stop after this time; default 365d.")
    private Duration most = Duration.ofDays(365);

    @Override
    Exit ask(Admin agent, Output output) {
        Iterator<WatchEventsResponse> events =
                agent.within(most).watchEvents(WatchEventsRequest.getDefaultInstance());
        try {
            while (events.hasNext()) {
                WatchEventsResponse event = events.next();
                output.one(event, () -> text(event));
            }
        } catch (io.grpc.StatusRuntimeException end) {
            if (end.getStatus().getCode() != io.grpc.Status.Code.DEADLINE_EXCEEDED) {
                throw end;
            }
        }
        return Exit.OK;
    }

    private static String text(WatchEventsResponse event) {
        var line = new StringBuilder();
        if (event.getLost() > 0) {
            line.append("(").append(event.getLost()).append(" lost)\n");
        }
        line.append(Times.text(event.getTime())).append(' ').append(event.getEvent());
        new TreeMap<>(event.getFactsMap())
                .forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
        return line.append('\n').toString();
    }
}
