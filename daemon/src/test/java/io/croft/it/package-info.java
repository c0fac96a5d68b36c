/**
 * The real agent and the real shim as processes, tried by what a machine and its runtime do to
 * them.
 */
@NullMarked
package io.croft.it;

import org.jspecify.annotations.NullMarked;
