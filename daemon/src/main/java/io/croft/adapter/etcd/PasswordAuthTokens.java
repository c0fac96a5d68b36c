package io.croft.adapter.etcd;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of a user, whose password is read anew for each of them.
 *
 * <p>One is fetched at a time. A refusal is believed for a while: etcd works hard on each password.
 */
final class PasswordAuthTokens implements AuthTokens {
    private static final Duration REFUSED = Duration.ofSeconds(5);

    private final EtcdAccess.User user;
    private final PasswordFile file;
    private final EventLoop thread;

    /** The latest: under way, good, or refused; null: none. */
    private @Nullable CompletableFuture<String> latest;

    private int number;

    PasswordAuthTokens(EtcdAccess.User user, EventLoop thread) {
        this.user = user;
        this.file = new PasswordFile(user.passwordFile());
        this.thread = thread;
    }

    @Override
    public synchronized CompletableFuture<String> token(Link link, Deadline deadline) {
        CompletableFuture<String> known = latest;
        if (known != null) {
            return known;
        }
        var fetched = new CompletableFuture<String>();
        latest = fetched;
        int mine = ++number;
        try {
            thread.execute(() -> fetch(link, deadline, fetched, mine));
        } catch (RejectedExecutionException closed) {
            fetched.completeExceptionally(
                    Status.UNAVAILABLE.withDescription("closed").asException());
        }
        return fetched;
    }

    @Override
    public synchronized boolean drop(String token) {
        CompletableFuture<String> known = latest;
        boolean same =
                known != null
                        && known.state() == CompletableFuture.State.SUCCESS
                        && known.resultNow().equals(token);
        if (same) {
            latest = null;
        }
        return true;
    }

    private synchronized void forget(int failed) {
        if (failed == number) {
            latest = null;
        }
    }

    private void fetch(Link link, Deadline deadline, CompletableFuture<String> fetched, int mine) {
        AuthenticateRequest request;
        try {
            request =
                    AuthenticateRequest.newBuilder()
                            .setName(user.name())
                            .setPassword(file.read())
                            .build();
        } catch (RejectedException e) {
            forget(mine);
            fetched.completeExceptionally(unusable(e));
            return;
        }
        OnEnd.of(
                UnaryCall.once(
                        link,
                        AuthGrpc.getAuthenticateMethod(),
                        request,
                        "",
                        CallOptions.DEFAULT.withDeadline(deadline)),
                (AuthenticateResponse answer) -> fetched.complete(answer.getToken()),
                failure -> failed(Status.fromThrowable(failure), fetched, mine));
    }

    private static Throwable unusable(RejectedException file) {
        var denied =
                Reason.STORE_DENIED
                        .because(file.rejection().message())
                        .remedy(file.rejection().remedy());
        return Status.UNAUTHENTICATED.withCause(denied.asException()).asException();
    }

    private void failed(Status status, CompletableFuture<String> fetched, int mine) {
        if (String.valueOf(status.getDescription()).contains(Failures.WITHOUT_USERS)) {
            // Without users everybody may do everything, and when there are some it will be asked
            // for again.
            fetched.complete("");
            return;
        }
        if (Failures.isLoss(status)) {
            forget(mine);
        } else {
            var _ = thread.schedule(() -> forget(mine), REFUSED.toMillis(), TimeUnit.MILLISECONDS);
        }
        fetched.completeExceptionally(status.asException());
    }
}
