package io.croft.cli;

import picocli.CommandLine.Command;

/** {@code croft node}. */
@Command(name = "node", description = "The nodes of the cluster.")
final class NodeCommand extends CommandGroup {}
