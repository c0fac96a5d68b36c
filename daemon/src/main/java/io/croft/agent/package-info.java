/** The composition root: configuration, and what is started in which order. */
@NullMarked
package io.croft.agent;

import org.jspecify.annotations.NullMarked;
