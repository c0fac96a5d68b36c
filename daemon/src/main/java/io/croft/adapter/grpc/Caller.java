package io.croft.adapter.grpc;

import io.croft.adapter.wire.ErrorWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.FailedStage;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Who waits for one call's answer: method, request id, and how it is told. Taken from the gRPC
 * context on arrival, because the answer comes on another thread.
 */
final class Caller {
    static final Context.Key<Caller> KEY = Context.key("croft-caller");

    private final String method;
    private final String requestId;
    private final CallListener listener;

    Caller(String method, String requestId, CallListener listener) {
        this.method = method;
        this.requestId = requestId;
        this.listener = listener;
    }

    /** The caller of the method that is being served on this thread. */
    static Caller current() {
        return KEY.get();
    }

    /**
     * Answers when the stage completes. A caller that goes away cancels the stage and nothing else:
     * a retry may hold the same allocation.
     */
    <R, A> void answer(CompletionStage<R> stage, StreamObserver<A> to, Function<R, A> form) {
        var call = (ServerCallStreamObserver<A>) to;
        call.setOnCancelHandler(() -> stage.toCompletableFuture().cancel(false));
        stage.whenComplete((reply, failure) -> {
            if (failure != null) {
                fail(call, failure);
                return;
            }
            try {
                call.onNext(form.apply(reply));
                call.onCompleted();
            } catch (RuntimeException defect) {
                fail(call, defect);
            }
        });
    }

    void fail(ServerCallStreamObserver<?> call, Throwable failure) {
        if (!call.isCancelled()) {
            call.onError(status(failure));
        }
    }

    /** What the caller is told of a failure; heard by the listener. */
    StatusRuntimeException status(Throwable failure) {
        Throwable cause = FailedStage.cause(failure);
        if (cause instanceof RejectedException refused) {
            listener.refused(method, requestId, refused.rejection());
            return ErrorWire.write(refused.rejection(), requestId);
        }
        if (cause instanceof CancellationException) {
            return Status.CANCELLED.asRuntimeException();
        }
        listener.failed(method, requestId, cause);
        return ErrorWire.write(
                Reason.INTERNAL.because("the agent met a defect in " + method), requestId);
    }
}
