package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.core.pool.PoolSet;
import io.croft.node.port.PoolStore;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
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
        return repeat(seen -> edit(seen, edit));
    }

    @Override
    public CompletionStage<PoolSet> restore(UnaryOperator<PoolSet> edit) {
        return repeat(seen -> putBack(seen, edit));
    }

    private CompletionStage<PoolSet> repeat(
            Function<PoolsSeen, CompletionStage<Optional<PoolSet>>> step) {
        return Retries.start(catalogue::read)
                .thenCompose(step)
                .thenCompose(done ->
                        done.<CompletionStage<PoolSet>>map(Retries::done)
                                .orElseGet(() ->
                                        Retries.until(
                                                TRIES,
                                                "the change of pools",
                                                () -> catalogue.reread().thenCompose(step))));
    }

    private CompletionStage<Optional<PoolSet>> edit(PoolsSeen seen, UnaryOperator<PoolSet> edit) {
        PoolSet next = edit.apply(seen.set());
        if (next.equals(seen.set())) {
            return Retries.done(Optional.of(next));
        }
        var change = new PoolChange(keys, seen, next);
        change.check();
        return change.dropped().isEmpty()
                ? write(change, false)
                : new PoolDrop(session, keys, change).make();
    }

    /** A part at a time, and a last look that nothing is left. */
    private CompletionStage<Optional<PoolSet>> putBack(
            PoolsSeen seen, UnaryOperator<PoolSet> edit) {
        PoolSet part = PoolChange.restored(keys, seen, edit.apply(seen.set()));
        return part.equals(seen.set())
                ? Retries.done(Optional.of(part))
                : write(new PoolChange(keys, seen, part), true).thenApply(_ -> Optional.empty());
    }

    /** What a frozen store lost must not be given to anything else before it is put back. */
    private CompletionStage<Optional<PoolSet>> write(PoolChange change, boolean restores) {
        return session.commit(Change.read(new Get(keys.meta())))
                .thenCompose(answer -> {
                    Meta meta = session.saw(answer.readings().getFirst());
                    return meta.isFrozen() && !restores
                            ? Retries.refused(meta.frozen())
                            : session.commitChecked(change.plain(Condition.unchanged(meta.entry())))
                                    .thenApply(sent ->
                                            sent.matched()
                                                    ? Optional.of(change.next())
                                                    : Optional.empty());
                });
    }

    @Override
    public void watch(Runnable hint) {
        etcd.watch(keys.poolset(), hint);
    }
}
