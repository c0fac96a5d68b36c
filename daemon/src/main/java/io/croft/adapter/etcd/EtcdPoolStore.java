package io.croft.adapter.etcd;

import io.croft.core.pool.PoolSet;
import io.croft.node.port.PoolStore;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** The pools and external ranges, in etcd. */
final class EtcdPoolStore implements PoolStore {
    private static final int TRIES = 32;

    private final Etcd etcd;
    private final Continuity session;
    private final Keys keys;
    private final Catalogue catalogue;

    EtcdPoolStore(Etcd etcd, Continuity session, Keys keys, Catalogue catalogue) {
        this.etcd = etcd;
        this.session = session;
        this.keys = keys;
        this.catalogue = catalogue;
    }

    @Override
    public CompletionStage<PoolSet> read() {
        return catalogue.read().thenApply(PoolsSeen::set);
    }

    @Override
    public CompletionStage<PoolSet> change(UnaryOperator<PoolSet> edit) {
        return Rounds.start(catalogue::read)
                .thenCompose(first -> edit(first, edit))
                .thenCompose(done ->
                        done.<CompletionStage<PoolSet>>map(Rounds::done)
                                .orElseGet(() -> again(edit)));
    }

    private CompletionStage<PoolSet> again(UnaryOperator<PoolSet> edit) {
        return Rounds.until(
                TRIES,
                "the change of pools",
                () -> catalogue.reread().thenCompose(seen -> edit(seen, edit)));
    }

    private CompletionStage<Optional<PoolSet>> edit(PoolsSeen seen, UnaryOperator<PoolSet> edit) {
        PoolSet next = edit.apply(seen.set());
        if (next.equals(seen.set())) {
            return Rounds.done(Optional.of(next));
        }
        var change = new PoolChange(keys, seen, next);
        change.check();
        return change.dropped().isEmpty()
                ? session.commitChecked(change.plain())
                        .thenApply(
                                answer -> answer.matched() ? Optional.of(next) : Optional.empty())
                : new PoolDrop(session, keys, change).make();
    }

    @Override
    public void watch(Runnable hint) {
        etcd.watch(keys.poolset(), hint);
    }
}
