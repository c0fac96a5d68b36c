/** Pools and ownership in etcd. */
@NullMarked
package io.croft.adapter.etcd;

import org.jspecify.annotations.NullMarked;
