package io.croft.agent;

import io.croft.adapter.grpc.CallListener;
import io.croft.adapter.observe.LogLevel;
import io.croft.adapter.observe.LogWriter;
import io.croft.adapter.observe.Metrics;
import io.croft.core.rejection.Rejection;
import java.util.Map;

/** How calls ended that were not simply answered, in the log and in numbers. */
record LoggedCalls(LogWriter log, Metrics metrics) implements CallListener {
    @Override
    public void limitReached(String limit) {
        metrics.limitReached(limit);
        log.write(LogLevel.WARN, "limit_reached", Map.of("limit", limit));
    }

    /**
     * The decision log says each refusal once; with its request, each is said for those who look
     * for one.
     */
    @Override
    public void refused(String method, String requestId, Rejection why) {
        log.write(
                LogLevel.DEBUG,
                "call_refused",
                Map.of(
                        "method",
                        method,
                        "request",
                        requestId,
                        "reason",
                        why.reason().name(),
                        "message",
                        why.sentence()));
    }

    @Override
    public void failed(String method, String requestId, Throwable defect) {
        log.write(
                LogLevel.ERROR,
                "call_failed",
                Map.of("method", method, "request", requestId, "defect", String.valueOf(defect)));
    }
}
