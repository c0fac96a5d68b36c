/** What exists against what is held. Blind to {@code ownership}. */
@NullMarked
package io.croft.node.reconcile;

import org.jspecify.annotations.NullMarked;
