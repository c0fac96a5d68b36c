package io.croft.cli;

import picocli.CommandLine.Command;

/** {@code croft pool}. */
@Command(name = "pool", description = "Pools: the ranges that pods get addresses from.")
final class PoolCommand extends CommandGroup {}
