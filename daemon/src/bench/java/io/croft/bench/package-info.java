/** Benchmarks: a client that loads an agent. Those of single parts lie beside the parts. */
@NullMarked
package io.croft.bench;

import org.jspecify.annotations.NullMarked;
