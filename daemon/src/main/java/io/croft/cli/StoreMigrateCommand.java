package io.croft.cli;

import io.croft.agent.Option;
import io.croft.agent.Options;
import io.croft.agent.SharedStore;
import io.croft.proto.v1.StoreMigration;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code croft store migrate}. */
@Command(
        name = "migrate",
        description = {
            "Takes this node's embedded store into etcd: pools, external ranges, blocks, and the journal with its pods.",
            "All or nothing; what was cut off is finished by repeating. Stop the agent first, start it with --store and --cluster after."
        },
        sortOptions = false,
        footer = {
            "",
            "Example:",
            "  croft store migrate --store http://10.0.0.1:2379 --cluster prod --state-dir /var/lib/croft"
        })
final class StoreMigrateCommand extends StoreCall {
    @Override
    List<Option> options() {
        return Stream.concat(Options.OF_STORE.stream(), Options.OF_STATE.stream()).toList();
    }

    @Override
    Exit ask(SharedStore store, Output output) throws IOException {
        StoreMigration done = store.migrate(flags(), terminal().environment());
        output.one(
                done,
                () ->
                        "node %s: %d pools and %d blocks are in %s%n"
                                .formatted(
                                        done.getNode(),
                                        done.getPools(),
                                        done.getBlocks(),
                                        done.getStore()));
        return Exit.OK;
    }
}
