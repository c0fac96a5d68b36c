/**
 * The directories of CNI on the host: plugins, network configurations, and what is ours in them.
 */
@NullMarked
package io.croft.adapter.cni;

import org.jspecify.annotations.NullMarked;
