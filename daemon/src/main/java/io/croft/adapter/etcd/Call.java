package io.croft.adapter.etcd;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One request on its way to the member in use, within one deadline.
 *
 * <p>It is sent to one member or to none: another endpoint is asked only while there was no
 * connection to send it over. Only a request that a member refused unread, because the token was
 * too old, is sent again, once.
 *
 * @param <Q> the request
 * @param <R> what a member answers
 * @param <A> the answer as the caller wants it
 */
final class Call<Q, R, A> {
    private final Links links;
    private final AuthTokens tokens;
    private final Failures words;
    private final MethodDescriptor<Q, R> method;
    private final Q request;
    private final boolean changes;
    private final Function<R, A> form;
    private final CompletableFuture<A> answer = new CompletableFuture<>();
    private final Map<Link, Status> failures = new LinkedHashMap<>();
    private final Deadline deadline;

    private boolean tokenRenewed;

    /** A connection was there: the request may be carried out. */
    private volatile boolean sent;

    /**
     * @param most how long it may take
     * @param changes something when it is carried out
     */
    Call(
            Duration most,
            Links links,
            AuthTokens tokens,
            Failures words,
            MethodDescriptor<Q, R> method,
            Q request,
            boolean changes,
            Function<R, A> form) {
        this.deadline = Deadline.after(most.toMillis(), TimeUnit.MILLISECONDS);
        this.links = links;
        this.tokens = tokens;
        this.words = words;
        this.method = method;
        this.request = request;
        this.changes = changes;
        this.form = form;
    }

    CompletableFuture<A> send() {
        over(links.current());
        return answer;
    }

    private void over(Link link) {
        OnEnd.of(
                tokens.token(link, deadline),
                token -> withToken(link, token),
                failure -> failed(link, "", failure));
    }

    private void withToken(Link link, String token) {
        OnEnd.of(
                UnaryCall.once(link, method, request, token, options()),
                this::answered,
                failure -> failed(link, token, failure));
    }

    private void answered(R response) {
        try {
            answer.complete(form.apply(response));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private void failed(Link link, String token, Throwable failure) {
        Status status = Status.fromThrowable(failure);
        if (Failures.isOldToken(status) && tokens.drop(token) && !tokenRenewed) {
            tokenRenewed = true;
            over(link);
            return;
        }
        failures.put(link, status);
        boolean lost = Failures.isLoss(status);
        if (lost && (sent || link.isConnected())) {
            links.lost(link);
        } else if (lost) {
            links.passOver(link);
            Optional<Link> next = untried();
            if (next.isPresent() && !deadline.isExpired()) {
                over(next.get());
                return;
            }
        }
        answer.completeExceptionally(words.of(failures, sent, changes).asException());
    }

    private Optional<Link> untried() {
        return Optional.of(links.current()).filter(link -> !failures.containsKey(link));
    }

    private CallOptions options() {
        return CallOptions.DEFAULT
                .withDeadline(deadline)
                .withStreamTracerFactory(
                        new ClientStreamTracer.Factory() {
                            @Override
                            public ClientStreamTracer newClientStreamTracer(
                                    ClientStreamTracer.StreamInfo info, Metadata headers) {
                                return new Sent();
                            }
                        });
    }

    /** Hears when gRPC has a connection for the call. */
    private final class Sent extends ClientStreamTracer {
        @Override
        public void streamCreated(Attributes transport, Metadata headers) {
            sent = true;
        }
    }
}
