package io.croft.cli;

import io.croft.agent.SharedStore;
import io.croft.proto.v1.StoreStanding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft store unfreeze}. */
@Command(
        name = "unfreeze",
        description = {
            "Ends a freeze, when every install has said what it owns, or is named here.",
            "Names those that are missing otherwise; the runbook is docs/runbooks/etcd-restored.md."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  croft store unfreeze --freeze 6d0e3f52-8a0b-4b6e-9c55-0a3f1c9d7e21 --others-off",
            "  croft store unfreeze --freeze 6d0e3f52-8a0b-4b6e-9c55-0a3f1c9d7e21 --off worker-3 --off worker-9 --others-off"
        })
final class StoreUnfreezeCommand extends StoreCall {
    @Option(
            names = "--freeze",
            paramLabel = "ID",
            required = true,
            description =
                    "The freeze of which you give your word, as croft store status shows it: in another one machines may run that were off in this.")
    private String freeze = "";

    @Option(
            names = "--off",
            paramLabel = "NODE",
            description =
                    "Your word for a node, or an install id, that is missing: its machine is off, or was rebooted since the freeze. Idle is not enough; refused while it gives signs of life. Repeatable.")
    private List<String> off = new ArrayList<>();

    @Option(
            names = "--others-off",
            description =
                    "Your word for machines that the store does not know because they joined after its backup: each has spoken, is off, or was rebooted since the freeze. Always needed.")
    private boolean othersOff;

    @Override
    Exit ask(SharedStore store, Output output) {
        StoreStanding now = store.unfreeze(freeze, new HashSet<>(off), othersOff);
        output.one(now, () -> text(now, off));
        return Exit.OK;
    }

    private static String text(StoreStanding now, List<String> off) {
        var text = new StringBuilder();
        now.getSpokeList()
                .forEach(each ->
                        text.append(
                                "spoke: node %s, install %s%s%n"
                                        .formatted(
                                                each.getNode(),
                                                each.getInstallId(),
                                                off.contains(each.getNode())
                                                                || off.contains(each.getInstallId())
                                                        ? "; no word was needed for it"
                                                        : "")));
        now.getNamedList()
                .forEach(each ->
                        text.append(
                                "named: node %s, install %s: %s%n"
                                        .formatted(
                                                each.getNode(),
                                                each.getInstallId(),
                                                each.getWhy())));
        return text.append(
                        "%s serves again, in generation %d%n"
                                .formatted(now.getStore(), now.getGeneration()))
                .toString();
    }
}
