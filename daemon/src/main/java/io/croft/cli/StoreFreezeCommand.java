package io.croft.cli;

import io.croft.agent.SharedStore;
import io.croft.proto.v1.StoreStanding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft store freeze}. */
@Command(
        name = "freeze",
        description = {
            "Has nothing claimed or returned until croft store unfreeze, because the store may lack what it once had.",
            "Nodes then say by themselves what they own. Pods are served from the blocks that nodes have."
        },
        sortOptions = false,
        footer = {
            "",
            "Example:",
            "  croft store freeze --because 'restored from the backup of last night'"
        })
final class StoreFreezeCommand extends StoreCall {
    @Option(
            names = "--because",
            paramLabel = "TEXT",
            required = true,
            description = "Why, for whoever reads the status.")
    private String because;

    @Override
    Exit ask(SharedStore store, Output output) {
        if (because.isBlank()) {
            throw usage("--because must say why");
        }
        StoreStanding now = store.freeze(because);
        output.one(
                now,
                () ->
                        "%s is frozen, freeze %s: %s%n"
                                .formatted(now.getStore(), now.getFreeze(), because));
        return Exit.OK;
    }
}
