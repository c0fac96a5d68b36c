/** Own blocks at their level: claims, returns, refill. Blind to {@code serving}. */
@NullMarked
package io.croft.node.keeper;

import org.jspecify.annotations.NullMarked;
