/** The machine: its clocks, its identity, its randomness and its namespaces. */
@NullMarked
package io.croft.adapter.host;

import org.jspecify.annotations.NullMarked;
