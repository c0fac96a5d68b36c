/** One thread that owns the state; everything else posts to it. */
@NullMarked
package io.croft.node.loop;

import org.jspecify.annotations.NullMarked;
