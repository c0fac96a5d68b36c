/** What may be given to whom, and in which form. */
@NullMarked
package io.croft.core.pool;

import org.jspecify.annotations.NullMarked;
