/** Real etcd servers for tests, and what can go wrong with them. */
@NullMarked
package io.croft.testing.etcd;

import org.jspecify.annotations.NullMarked;
