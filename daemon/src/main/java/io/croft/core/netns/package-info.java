/** Identity of network namespaces, and what was seen of them. */
@NullMarked
package io.croft.core.netns;

import org.jspecify.annotations.NullMarked;
