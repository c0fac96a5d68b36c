package io.croft.adapter.etcd;

import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Calls about etcd's users and roles, within the bounds of every call to etcd. */
final class AuthCalls {
    private final Duration most;
    private final Links links;
    private final AuthTokens tokens;
    private final Failures words;

    AuthCalls(Duration most, Links links, AuthTokens tokens, Failures words) {
        this.most = most;
        this.links = links;
        this.tokens = tokens;
        this.words = words;
    }

    <Q, R> CompletionStage<R> read(MethodDescriptor<Q, R> method, Q request) {
        return send(tokens, method, request, false);
    }

    <Q, R> CompletionStage<R> change(MethodDescriptor<Q, R> method, Q request) {
        return send(tokens, method, request, true);
    }

    /** As nobody. */
    <Q, R> CompletionStage<R> withoutToken(MethodDescriptor<Q, R> method, Q request) {
        return send(AuthTokens.NONE, method, request, false);
    }

    private <Q, R> CompletionStage<R> send(
            AuthTokens as, MethodDescriptor<Q, R> method, Q request, boolean changes) {
        return new Call<>(most, links, as, words, method, request, changes, Function.<R>identity())
                .send();
    }
}
