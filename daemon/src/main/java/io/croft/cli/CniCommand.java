package io.croft.cli;

import picocli.CommandLine.Command;

/** {@code croft cni}. */
@Command(
        name = "cni",
        description =
                "What container runtimes of this host find of Croft: the plugin and its configuration.")
final class CniCommand extends CommandGroup {}
