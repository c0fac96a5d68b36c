package io.croft.adapter.etcd;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Hands everything on, for tests that change the answer to one question. */
public class PassedOn implements Etcd {
    private final Etcd etcd;

    public PassedOn(Etcd etcd) {
        this.etcd = etcd;
    }

    @Override
    public CompletionStage<Answer> commit(Change change) {
        return etcd.commit(change);
    }

    @Override
    public CompletionStage<Long> grant(Duration ttl) {
        return etcd.grant(ttl);
    }

    @Override
    public CompletionStage<Boolean> renew(long lease) {
        return etcd.renew(lease);
    }

    @Override
    public CompletionStage<Void> revoke(long lease) {
        return etcd.revoke(lease);
    }

    @Override
    public CompletionStage<Member> member() {
        return etcd.member();
    }

    @Override
    public CompletionStage<List<Member>> members() {
        return etcd.members();
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
