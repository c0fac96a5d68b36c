package io.croft.cli;

import io.croft.agent.Option;
import io.croft.agent.Options;
import io.croft.agent.SharedStore;
import io.croft.proto.v1.StoreMigration;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code croft store migrate}. */
@Command(
        name = "migrate",
        description = {
            "Takes this node's embedded store into etcd: pools, external ranges, blocks, and the journal with its pods.",
            "All or nothing; what was cut off is finished by repeating. Stop the agent first, start it with --store and --cluster after.",
            "With --abandon, from any machine: undoes one that was cut off and whose node is gone for good."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  croft store migrate --store http://10.0.0.1:2379 --cluster prod --state-dir /var/lib/croft",
            "  croft store migrate --store http://10.0.0.1:2379 --cluster prod --abandon 6b0c7d0e-8a51-4a6e-9a0f-3f1f5f1d2c3b"
        })
final class StoreMigrateCommand extends StoreCall {
    @picocli.CommandLine.Option(
            names = "--abandon",
            paramLabel = "INSTALL",
            description =
                    "Id of the install whose unfinished migration is undone, as croft audit names it. Asks nothing of this machine.")
    private Optional<UUID> abandon = Optional.empty();

    @Override
    List<Option> options() {
        return Stream.concat(Options.OF_STORE.stream(), Options.OF_STATE.stream()).toList();
    }

    @Override
    Exit ask(SharedStore store, Output output) throws IOException {
        if (abandon.isPresent()) {
            StoreMigration undone = store.abandonMigration(abandon.get());
            output.one(
                    undone,
                    () ->
                            "the migration of install %s into %s is undone%n"
                                    .formatted(undone.getAbandoned(), undone.getStore()));
            return Exit.OK;
        }
        StoreMigration done = store.migrate(flags(), terminal().environment());
        output.one(
                done,
                () ->
                        "node %s: %s and %s are in %s%n"
                                .formatted(
                                        done.getNode(),
                                        Words.count(done.getPools(), "pool"),
                                        Words.count(done.getBlocks(), "block"),
                                        done.getStore()));
        return Exit.OK;
    }
}
