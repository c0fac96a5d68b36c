package io.croft.adapter.etcd;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request over one link. */
final class UnaryCall {
    private static final Metadata.Key<String> TOKEN =
            Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    /** A member without a leader shall say so instead of being silent. */
    private static final Metadata.Key<String> LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private UnaryCall() {}

    /**
     * Sends one request and closes the call's sending half, so that it is good for streams as well.
     *
     * @param token empty: none
     */
    static <Q, R> CompletableFuture<R> once(
            Link link,
            MethodDescriptor<Q, R> method,
            Q request,
            String token,
            CallOptions options) {
        var answer = new First<R>();
        ClientCalls.asyncUnaryCall(
                channel(link, token, false).newCall(method, options), request, answer);
        return answer.future;
    }

    /** The link's channel for calls with that token. */
    static Channel channel(Link link, String token, boolean needsLeader) {
        var headers = new Metadata();
        if (!token.isEmpty()) {
            headers.put(TOKEN, token);
        }
        if (needsLeader) {
            headers.put(LEADER, "true");
        }
        return ClientInterceptors.intercept(
                link.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static final class First<R> implements StreamObserver<R> {
        private final CompletableFuture<R> future = new CompletableFuture<>();
        private @Nullable R value;

        @Override
        public void onNext(R answer) {
            value = answer;
        }

        @Override
        public void onError(Throwable why) {
            future.completeExceptionally(why);
        }

        @Override
        public void onCompleted() {
            R answer = value;
            if (answer == null) {
                future.completeExceptionally(
                        Status.INTERNAL
                                .withDescription("it ended the call without an answer")
                                .asException());
            } else {
                future.complete(answer);
            }
        }
    }
}
