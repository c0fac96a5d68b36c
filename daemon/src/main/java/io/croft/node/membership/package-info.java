/** Who this node is to the store. Blind to {@code serving}. */
@NullMarked
package io.croft.node.membership;

import org.jspecify.annotations.NullMarked;
