/** The node's memory in files: segments of checked records. */
@NullMarked
package io.croft.adapter.journal;

import org.jspecify.annotations.NullMarked;
