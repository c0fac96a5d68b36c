package io.croft.cli;

import picocli.CommandLine.Command;

/** {@code croft store}. */
@Command(name = "store", description = "The etcd of a cluster; asked directly, without an agent.")
final class StoreCommand extends CommandGroup {}
