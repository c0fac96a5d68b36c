/** The command line: one class for each subcommand, over the agent's admin socket. */
@NullMarked
package io.croft.cli;

import org.jspecify.annotations.NullMarked;
