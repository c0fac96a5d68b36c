/** The agent's gRPC services on Unix sockets, and the client's end of such a socket. */
@NullMarked
package io.croft.adapter.grpc;

import org.jspecify.annotations.NullMarked;
