/** Why something was refused, and what the caller must do. */
@NullMarked
package io.croft.core.rejection;

import org.jspecify.annotations.NullMarked;
