package io.croft.adapter.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.croft.adapter.wire.ErrorWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every call passes first: the peer's right to call, the number of calls, the time of the
 * upload, the request id; and last, what an exception of the service becomes.
 */
final class Gate implements ServerInterceptor {
    static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of("croft-request-id", Metadata.ASCII_STRING_MARSHALLER);
    static final int MOST_CALLS = 128;

    /** A request must be there after so many calls of {@link #sweep}. */
    private static final int UPLOAD_SWEEPS = 5;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

    private final CallListener listener;
    private final AtomicLong ids;
    private final AtomicInteger executing = new AtomicInteger();
    private final Set<Guarded<?, ?>> uploading = ConcurrentHashMap.newKeySet();

    /**
     * @param firstId of the ids given to requests that bring none
     */
    Gate(CallListener listener, long firstId) {
        this.listener = listener;
        this.ids = new AtomicLong(firstId);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String id = requestId(headers.get(REQUEST_ID));
        Integer denied = call.getAttributes().get(PeerGuard.DENIED_UID);
        if (denied != null) {
            return refuse(
                    call,
                    id,
                    Reason.PEER_DENIED.because("uid " + denied + " may not use this socket"));
        }
        if (executing.incrementAndGet() > MOST_CALLS) {
            executing.decrementAndGet();
            listener.limitReached("calls");
            return refuse(
                    call,
                    id,
                    Reason.MAILBOX_FULL.because(MOST_CALLS + " calls are under way, the most"));
        }
        var caller = new Caller(call.getMethodDescriptor().getFullMethodName(), id, listener);
        try {
            var context = Context.current().withValue(Caller.KEY, caller);
            var guarded =
                    new Guarded<>(
                            call, caller, Contexts.interceptCall(context, call, headers, next));
            if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
                uploading.add(guarded);
            }
            return guarded;
        } catch (RuntimeException defect) {
            executing.decrementAndGet();
            close(call, caller.status(defect));
            return new ServerCall.Listener<>() {};
        }
    }

    private String requestId(@Nullable String given) {
        return given != null && ID.matcher(given).matches()
                ? given
                : "%016x".formatted(ids.incrementAndGet());
    }

    private <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, String id, Rejection why) {
        listener.refused(call.getMethodDescriptor().getFullMethodName(), id, why);
        close(call, ErrorWire.write(why, id));
        return new ServerCall.Listener<>() {};
    }

    private static void close(ServerCall<?, ?> call, StatusRuntimeException end) {
        Metadata trailers = end.getTrailers();
        call.close(end.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    /** Ends calls whose request is still not here. To be called once a second, on any thread. */
    void sweep() {
        for (Guarded<?, ?> call : uploading) {
            if (call.isLate()) {
                listener.limitReached("upload");
            }
        }
    }

    /** Calls that are being served. */
    int executing() {
        return executing.get();
    }

    private final class Guarded<Q, A> extends SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, A> call;
        private final Caller caller;
        private final AtomicBoolean settled = new AtomicBoolean();
        private int sweeps;

        Guarded(ServerCall<Q, A> call, Caller caller, ServerCall.Listener<Q> service) {
            super(service);
            this.call = call;
            this.caller = caller;
        }

        /** Whether the upload took too long; then the call is ended. */
        boolean isLate() {
            if (++sweeps <= UPLOAD_SWEEPS || !settled.compareAndSet(false, true)) {
                return false;
            }
            uploading.remove(this);
            call.close(
                    Status.DEADLINE_EXCEEDED.withDescription("the request did not come in time"),
                    new Metadata());
            return true;
        }

        /** The message is read in here; one that cannot be ends the call. */
        @Override
        public void onMessage(Q message) {
            try {
                super.onMessage(message);
            } catch (RuntimeException failure) {
                uploading.remove(this);
                if (settled.compareAndSet(false, true)) {
                    close(call, caller.status(unreadable(failure)));
                }
            }
        }

        private static RuntimeException unreadable(RuntimeException failure) {
            return failure.getCause() instanceof InvalidProtocolBufferException why
                    ? Rejection.invalid(
                                    "request", "", "no message of this method: " + why.getMessage())
                            .asException()
                    : failure;
        }

        @Override
        public void onHalfClose() {
            uploading.remove(this);
            if (!settled.compareAndSet(false, true)) {
                return;
            }
            try {
                super.onHalfClose();
            } catch (RuntimeException failure) {
                close(call, caller.status(failure));
            }
        }

        @Override
        public void onCancel() {
            end();
            super.onCancel();
        }

        @Override
        public void onComplete() {
            end();
            super.onComplete();
        }

        private void end() {
            uploading.remove(this);
            executing.decrementAndGet();
        }
    }
}
