package io.croft.cli;

import picocli.CommandLine.Command;

/** {@code croft block}. */
@Command(name = "block", description = "Blocks: the parts of pools that this node owns.")
final class BlockCommand extends CommandGroup {}
