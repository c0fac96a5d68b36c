/** A block, its ordinals, and who owns it. */
@NullMarked
package io.croft.core.block;

import org.jspecify.annotations.NullMarked;
