/**
 * What agent and shim share beside the socket: the sign of health and the spool of undelivered
 * DELs.
 */
@NullMarked
package io.croft.adapter.run;

import org.jspecify.annotations.NullMarked;
