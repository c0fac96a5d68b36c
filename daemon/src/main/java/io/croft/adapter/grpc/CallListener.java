package io.croft.adapter.grpc;

import io.croft.core.rejection.Rejection;

/** Hears how calls end that were not simply answered, for the log and for metrics. Any thread. */
public interface CallListener {
    /** A bound of the transport turned somebody away: connections, peer, calls, upload, message. */
    void limitReached(String limit);

    /** A call was refused; its caller was told why. */
    void refused(String method, String requestId, Rejection why);

    /** A call ended in a defect of the agent; its caller was told the request id only. */
    void failed(String method, String requestId, Throwable defect);
}
