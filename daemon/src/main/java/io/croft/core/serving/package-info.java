/** What is done with addresses: one verb a class. Blind to {@code ownership}. */
@NullMarked
package io.croft.core.serving;

import org.jspecify.annotations.NullMarked;
