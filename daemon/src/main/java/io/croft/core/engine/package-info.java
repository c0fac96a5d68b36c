/** The language of commands and events, and the state that they change. */
@NullMarked
package io.croft.core.engine;

import org.jspecify.annotations.NullMarked;
