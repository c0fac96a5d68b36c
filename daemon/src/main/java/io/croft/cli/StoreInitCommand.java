package io.croft.cli;

import io.croft.agent.SharedStore;
import io.croft.proto.v1.StoreInit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft store init}. */
@Command(
        name = "init",
        description =
                "Makes a cluster's prefix in etcd, once for its life. Harmless when repeated.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  croft store init --store http://10.0.0.1:2379 --cluster prod",
            "  croft store init --owner \"$(kubectl get ns kube-system -o jsonpath={.metadata.uid})\""
        })
final class StoreInitCommand extends StoreCall {
    @Option(
            names = "--owner",
            paramLabel = "TEXT",
            description =
                    "Who owns the prefix, as the UID of kube-system; another owner is refused.")
    private String owner = "";

    @Override
    Exit ask(SharedStore store, Output output) {
        StoreInit made = store.init(owner);
        output.one(
                made,
                () ->
                        "%s %s, generation %d, uid %s%n"
                                .formatted(
                                        made.getStore(),
                                        made.getMade() ? "made" : "is there already",
                                        made.getGeneration(),
                                        made.getClusterUid()));
        return Exit.OK;
    }
}
