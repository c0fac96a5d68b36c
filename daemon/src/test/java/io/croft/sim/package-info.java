/**
 * Whole clusters in one thread under virtual time: the agents' own classes in a world of faults.
 */
@NullMarked
package io.croft.sim;

import org.jspecify.annotations.NullMarked;
