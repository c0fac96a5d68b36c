/** What tests and benchmarks do with a real etcd. */
@NullMarked
package io.croft.testing.etcd;

import org.jspecify.annotations.NullMarked;
