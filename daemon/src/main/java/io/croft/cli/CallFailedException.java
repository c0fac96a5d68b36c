package io.croft.cli;

import io.grpc.StatusRuntimeException;
import java.nio.file.Path;

/** A call to the agent that failed, with the socket that it went to. */
final class CallFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Path socket;
    private final StatusRuntimeException failure;

    CallFailedException(Path socket, StatusRuntimeException failure) {
        super(failure);
        this.socket = socket;
        this.failure = failure;
    }

    Path socket() {
        return socket;
    }

    StatusRuntimeException failure() {
        return failure;
    }
}
