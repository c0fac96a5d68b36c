package io.croft.adapter.etcd;

import io.croft.core.engine.Timings;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.grpc.MethodDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A real etcd, reached by jetcd's messages and stubs.
 *
 * <p>jetcd's own client is not used: it repeats calls, knows no deadlines, hides the connections
 * and needs a network stack of its own. The calls here run over the one that the agent has anyway,
 * on one thread, and one endpoint is in use at a time.
 *
 * <p>A renewal of a lease that fails may be repeated, so it is never of unknown outcome. A request
 * that etcd calls invalid is a defect of the program and fails with INTERNAL.
 */
public final class JetcdEtcd implements Etcd {
    private final Duration most;
    private final Channels channels;
    private final Links links;
    private final AuthTokens tokens;
    private final Failures words;
    private final MemberStatus status;
    private final Hints hints;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** As agents have it. */
    public JetcdEtcd(EtcdAccess access, Supplier<Double> chance) {
        this(access, chance, Timings.STORE_CALL);
    }

    /**
     * @param chance in [0, 1): spreads agents over the members, and their returns over time
     * @param most how long a call may take
     */
    public JetcdEtcd(EtcdAccess access, Supplier<Double> chance, Duration most) {
        this.most = most;
        Optional<LiveTls> tls =
                Optional.of(new LiveTls(new TlsFiles(access.tls()))).filter(_ -> access.secure());
        this.channels = new Channels(tls.map(LiveTls::context), access.tls().serverName());
        this.words =
                new Failures(
                        most,
                        access.user().map(EtcdAccess.User::name),
                        () -> tls.flatMap(LiveTls::trouble));
        this.links =
                new Links(
                        access.endpoints(),
                        channels::open,
                        (int) (chance.get() * access.endpoints().size()));
        this.tokens =
                access.user()
                        .<AuthTokens>map(user -> new PasswordAuthTokens(user, channels.thread()))
                        .orElse(AuthTokens.NONE);
        this.status = new MemberStatus(most, links, tokens, words);
        this.hints = new Hints(links, tokens, channels.thread(), chance);
    }

    /** Follows the connections from now on; they are made by the first calls. */
    public void start() {
        links.start();
    }

    @Override
    public CompletionStage<Answer> commit(Change change) {
        if (change.then().size() > MOST_STEPS
                || change.otherwise().size() > MOST_STEPS
                || change.conditions().size() > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "a transaction has at most %d steps".formatted(MOST_STEPS));
        }
        return send(
                KVGrpc.getTxnMethod(),
                TransactionWire.request(change),
                change.writes(),
                TransactionWire::answer);
    }

    @Override
    public CompletionStage<Long> grant(Duration ttl) {
        return send(
                LeaseGrpc.getLeaseGrantMethod(),
                LeaseGrantRequest.newBuilder().setTTL(ttl.toSeconds()).build(),
                true,
                LeaseGrantResponse::getID);
    }

    @Override
    public CompletionStage<Boolean> renew(long lease) {
        // A stream by its form: one request, and its end, get one answer.
        return send(
                LeaseGrpc.getLeaseKeepAliveMethod(),
                LeaseKeepAliveRequest.newBuilder().setID(lease).build(),
                false,
                answer -> answer.getTTL() > 0);
    }

    @Override
    public CompletionStage<Void> revoke(long lease) {
        var ended = new CompletableFuture<Void>();
        OnEnd.of(
                send(
                        LeaseGrpc.getLeaseRevokeMethod(),
                        LeaseRevokeRequest.newBuilder().setID(lease).build(),
                        true,
                        answer -> answer),
                _ -> ended.complete(null),
                failure -> {
                    if (Failures.isNoLease(failure)) {
                        ended.complete(null);
                    } else {
                        ended.completeExceptionally(failure);
                    }
                });
        return ended;
    }

    private <Q, R, A> CompletableFuture<A> send(
            MethodDescriptor<Q, R> method, Q request, boolean changes, Function<R, A> form) {
        return new Call<>(most, links, tokens, words, method, request, changes, form).send();
    }

    /** What was granted. */
    public record Granted(String role, String prefix, List<String> changes) {}

    /**
     * Lets a user read and write the keys of a cluster, and nothing else; this client must be
     * etcd's root. Refuses a user who may do other things.
     *
     * @param passwordFile of the user; empty: a new one has no password
     */
    public CompletionStage<Granted> grant(
            String cluster, String user, Optional<Path> passwordFile) {
        Keys keys = Keys.of(cluster);
        String role = "croft-" + cluster;
        return new UserGrant(
                        new AuthCalls(most, links, tokens, words),
                        keys,
                        role,
                        user,
                        passwordFile.map(file -> new PasswordFile("password-file", file)))
                .make()
                .thenApply(changes -> new Granted(role, keys.root(), changes));
    }

    @Override
    public CompletionStage<Member> member() {
        return status.of(List.of(links.current())).thenApply(List::getFirst);
    }

    @Override
    public CompletionStage<List<Member>> members() {
        return status.of(links.all());
    }

    @Override
    public void watch(String prefix, Runnable hint) {
        hints.watch(prefix, hint);
    }

    @Override
    public void onLinkLost(Runnable lost) {
        links.onLost(lost);
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            hints.close();
            links.close();
            channels.close();
        }
    }
}
