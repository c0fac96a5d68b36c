package io.croft.cli;

import picocli.CommandLine.Command;

/** {@code croft ip}. */
@Command(name = "ip", description = "Addresses of this node.")
final class IpCommand extends CommandGroup {}
