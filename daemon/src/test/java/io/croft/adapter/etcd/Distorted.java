package io.croft.adapter.etcd;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** An etcd with a distortion, and what that one has to remember. */
final class Distorted extends PassedOn {
    private final Distortion distortion;
    private final Etcd etcd;
    boolean muted;
    boolean full;
    long unlogged;
    long reads;

    Distorted(Distortion distortion, Etcd etcd) {
        super(etcd);
        this.distortion = distortion;
        this.etcd = etcd;
    }

    Etcd etcd() {
        return etcd;
    }

    boolean finds(Condition condition) {
        Step all = new Step.Range(condition.key(), condition.to().orElse(""), 0, Form.COUNT);
        return condition.to().isEmpty()
                || Questioned.await(etcd.commit(Change.read(all))).readings().getFirst().count()
                        > 0;
    }

    @Override
    public CompletionStage<Answer> commit(Change change) {
        return distortion.commit(this, change);
    }

    @Override
    public CompletionStage<Boolean> renew(long lease) {
        return distortion.renew(this, lease);
    }

    @Override
    public CompletionStage<Void> revoke(long lease) {
        return distortion.revoke(this, lease);
    }

    @Override
    public CompletionStage<Member> member() {
        return etcd.member().thenApply(this::shown);
    }

    @Override
    public CompletionStage<List<Member>> members() {
        return etcd.members().thenApply(all -> all.stream().map(this::shown).toList());
    }

    private Member shown(Member member) {
        return new Member(
                member.endpoint(),
                member.header(),
                member.index() - unlogged,
                member.version(),
                member.databaseBytes(),
                member.leader());
    }

    @Override
    public void watch(String prefix, Runnable hint) {
        distortion.watch(
                this,
                prefix,
                () -> {
                    if (!muted) {
                        hint.run();
                    }
                });
    }
}
