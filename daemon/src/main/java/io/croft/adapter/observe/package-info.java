/** What is seen of the agent from outside: metrics, log lines, the stream of events. */
@NullMarked
package io.croft.adapter.observe;

import org.jspecify.annotations.NullMarked;
