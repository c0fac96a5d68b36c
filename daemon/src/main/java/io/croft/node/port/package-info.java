/** What the node asks of the world: promises of durability, threading and idempotence. */
@NullMarked
package io.croft.node.port;

import org.jspecify.annotations.NullMarked;
