/** Metrics and probes over HTTP. */
@NullMarked
package io.croft.adapter.http;

import org.jspecify.annotations.NullMarked;
