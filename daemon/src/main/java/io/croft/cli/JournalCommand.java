package io.croft.cli;

import picocli.CommandLine.Command;

/** {@code croft journal}. */
@Command(name = "journal", description = "The journal: what a node remembers.")
final class JournalCommand extends CommandGroup {}
