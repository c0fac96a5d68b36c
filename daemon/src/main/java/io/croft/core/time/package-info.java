/** Two clocks as two types, and the pace of retries. */
@NullMarked
package io.croft.core.time;

import org.jspecify.annotations.NullMarked;
