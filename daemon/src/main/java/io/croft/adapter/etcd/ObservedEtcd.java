package io.croft.adapter.etcd;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.node.port.FailedStage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** An etcd whose calls are timed and counted by kind and outcome. */
public final class ObservedEtcd implements Etcd {
    private final Etcd etcd;
    private final Clock clock;
    private final EtcdListener listener;

    public ObservedEtcd(Etcd etcd, Clock clock, EtcdListener listener) {
        this.etcd = etcd;
        this.clock = clock;
        this.listener = listener;
    }

    @Override
    public CompletionStage<Answer> commit(Change change) {
        BootTime began = now();
        return observed(change.writes() ? "write" : "read", began, etcd.commit(change));
    }

    @Override
    public CompletionStage<Long> grant(Duration ttl) {
        BootTime began = now();
        return observed("lease", began, etcd.grant(ttl));
    }

    @Override
    public CompletionStage<Boolean> renew(long lease) {
        BootTime began = now();
        return observed("lease", began, etcd.renew(lease));
    }

    @Override
    public CompletionStage<Void> revoke(long lease) {
        BootTime began = now();
        return observed("lease", began, etcd.revoke(lease));
    }

    @Override
    public CompletionStage<Member> member() {
        BootTime began = now();
        return observed("status", began, etcd.member());
    }

    @Override
    public CompletionStage<List<Member>> members() {
        BootTime began = now();
        return observed("status", began, etcd.members());
    }

    private BootTime now() {
        return clock.now().boot();
    }

    private <T> CompletionStage<T> observed(String kind, BootTime began, CompletionStage<T> call) {
        return call.whenComplete(
                (_, failure) -> listener.answered(kind, outcome(failure), now().since(began)));
    }

    private static String outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return "ok";
        }
        Reason reason = FailedStage.refusal(failure).map(Rejection::reason).orElse(Reason.INTERNAL);
        return reason.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void watch(String prefix, Runnable hint) {
        etcd.watch(prefix, hint);
    }

    @Override
    public void onLinkLost(Runnable lost) {
        etcd.onLinkLost(lost);
    }

    @Override
    public void close() {
        etcd.close();
    }
}
