/** Arithmetic and text of the addresses of both families. */
@NullMarked
package io.croft.core.address;

import org.jspecify.annotations.NullMarked;
