package io.croft.cli;

import picocli.CommandLine.Command;

/** {@code croft external}. */
@Command(name = "external", description = "Ranges that others use, which no pool may overlap.")
final class ExternalCommand extends CommandGroup {}
