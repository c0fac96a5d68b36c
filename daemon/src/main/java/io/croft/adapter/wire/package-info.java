/** Protobuf and text forms of values that two adapters share. */
@NullMarked
package io.croft.adapter.wire;

import org.jspecify.annotations.NullMarked;
