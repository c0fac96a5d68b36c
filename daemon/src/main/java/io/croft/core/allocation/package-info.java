/** Who holds what. */
@NullMarked
package io.croft.core.allocation;

import org.jspecify.annotations.NullMarked;
