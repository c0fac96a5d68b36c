package io.croft.cli;

import io.croft.adapter.host.SystemClock;
import io.croft.core.time.BootTime;
import io.croft.proto.v1.Condition;
import io.croft.proto.v1.GetAgentRequest;
import io.croft.proto.v1.GetAgentResponse;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft status}: how this node's agent does. */
@Command(
        name = "status",
        description =
                "Shows how this node's agent does. Ends with 0 when it serves, with 4 when it does not.",
        footer = {
            "",
            "Examples:",
            "  croft status",
            "  croft status -o json",
            "  croft status --wait 1m"
        })
final class StatusCommand extends AgentCall {
    private static final Duration PACE = Duration.ofMillis(500);

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Times.Converter.class,
            description = "How long to wait for an agent that serves; default 0s.")
    private Duration wait = Duration.ZERO;

    private boolean last;

    @Override
    public Integer call() throws Exception {
        var clock = SystemClock.open();
        // A call may last longer than a pause, when somebody listens and does not answer.
        BootTime end = clock.now().boot().plus(wait);
        while (clock.now().boot().isBefore(end)) {
            try {
                Integer code = super.call();
                if (code == Exit.OK.code()) {
                    return code;
                }
            } catch (CallFailedException absent) {
                // Nobody listens yet; the last try says what is wrong.
            }
            pause(PACE);
        }
        last = true;
        return super.call();
    }

    @Override
    Exit ask(Admin agent, Output output) {
        GetAgentResponse status = agent.call().getAgent(GetAgentRequest.getDefaultInstance());
        if (status.getServing() || last) {
            output.one(status, () -> text(status));
        }
        return status.getServing() ? Exit.OK : Exit.RETRY;
    }

    /** An ADD is decided, which without a pool can only be a refusal. */
    private static String serving(GetAgentResponse status) {
        if (!status.getServing()) {
            return "no";
        }
        if (status.getPools() > 0) {
            return "yes";
        }
        String store =
                status.getConditionsList().stream()
                        .map(Condition::getType)
                        .filter(type -> type.startsWith("STORE_"))
                        .findFirst()
                        .map(type -> ", and the store gives none (" + type + ")")
                        .orElse("");
        return "yes, but there is nothing to give: no pool is known" + store;
    }

    private static String text(GetAgentResponse status) {
        var facts =
                new Facts()
                        .add("node", status.getNode())
                        .add("serving", serving(status))
                        .add("version", status.getVersion())
                        .add("up", Times.text(Times.of(status.getUptime())))
                        .add("store", status.getStore())
                        .add("install", status.getInstallId())
                        .add("pools", status.getPools())
                        .add("blocks", status.getBlocks())
                        .add("attachments", status.getAllocations())
                        .add("addresses held", status.getHeld())
                        .add("addresses resting", status.getResting())
                        .add(
                                "journal",
                                "record %d, %d KiB"
                                        .formatted(
                                                status.getJournalSequence(),
                                                status.getJournalBytes() / 1024));
        var text = new StringBuilder(facts.text());
        for (Condition each : status.getConditionsList()) {
            text.append('\n').append(each.getType()).append(": ").append(each.getMessage());
        }
        return text.append(status.getConditionsCount() == 0 ? "" : "\n").toString();
    }
}
