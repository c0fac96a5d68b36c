/** The store of a single node, in one file. */
@NullMarked
package io.croft.adapter.embedded;

import org.jspecify.annotations.NullMarked;
