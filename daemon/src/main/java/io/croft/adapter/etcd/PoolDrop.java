package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.DeleteRange;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A change that drops pools. First the blocks are looked at; if none is owned the pools are marked,
 * which fences every claim because claims compare the pool's key; then the blocks are looked at
 * again, for good; then pools and block records go together. A pool of which a block turns out to
 * be owned loses its mark again.
 *
 * <p>A mark that is left behind by a crash denies claims until the drop is repeated or the pool is
 * changed in any way.
 */
final class PoolDrop {
    private static final int PAGE = 500;
    private static final int MOST_PAGES = 100_000;

    private final Continuity session;
    private final Keys keys;
    private final PoolChange change;

    PoolDrop(Continuity session, Keys keys, PoolChange change) {
        this.session = session;
        this.keys = keys;
        this.change = change;
    }

    /** Empty: the pools were changed meanwhile, and the edit is to be made anew. */
    CompletionStage<Optional<PoolSet>> make() {
        return session.commit(Change.read(new Get(keys.meta())))
                .thenCompose(answer -> {
                    Meta meta = session.saw(answer.readings().getFirst());
                    return meta.isFrozen()
                            ? Retries.refused(meta.frozen())
                            : owned(0).thenCompose(owned ->
                                    owned.isPresent() ? Retries.refused(owned.get()) : mark(meta));
                });
    }

    private CompletionStage<Optional<PoolSet>> mark(Meta meta) {
        var conditions = new ArrayList<>(change.conditionsWithoutPools());
        var steps = new ArrayList<Step>();
        for (PoolSeen pool : change.dropped()) {
            conditions.add(Condition.unchanged(pool.entry()));
            steps.add(new Put(pool.entry().key(), text(pool, true)));
        }
        return session.commitChecked(new Change(conditions, steps, List.of()))
                .thenCompose(answer ->
                        answer.matched()
                                ? marked(meta, answer.header().revision())
                                : Retries.done(Optional.empty()));
    }

    private static String text(PoolSeen pool, boolean deleting) {
        return PoolSeen.text(Optional.of(pool), pool.stored(), deleting);
    }

    private CompletionStage<Optional<PoolSet>> marked(Meta meta, long at) {
        return owned(0).thenCompose(owned ->
                owned.isPresent()
                        ? unmark(at).thenCompose(_ -> Retries.refused(owned.get()))
                        : finish(meta, at));
    }

    private CompletionStage<Optional<PoolSet>> finish(Meta meta, long at) {
        var conditions = new ArrayList<>(marks(at));
        conditions.addAll(
                change.conditions().stream()
                        .filter(each ->
                                conditions.stream()
                                        .noneMatch(mark -> mark.key().equals(each.key())))
                        .toList());
        conditions.add(Condition.unchanged(meta.entry()));
        var steps = new ArrayList<>(change.steps());
        for (PoolSeen pool : change.dropped()) {
            Keys.KeyRange blocks = keys.blocks(pool.id());
            steps.add(new DeleteRange(blocks.from(), blocks.to()));
        }
        return session.commitChecked(new Change(conditions, steps, List.of()))
                .thenCompose(answer ->
                        answer.matched()
                                ? Retries.done(Optional.of(change.next()))
                                : unmark(at).thenApply(_ -> Optional.empty()));
    }

    private List<Condition> marks(long at) {
        return change.dropped().stream()
                .map(pool -> new Condition(pool.entry().key(), at))
                .toList();
    }

    /** Best effort; who finds the marks changed has nothing to take back. */
    private CompletionStage<?> unmark(long at) {
        List<Step> steps =
                change.dropped().stream()
                        .<Step>map(pool -> new Put(pool.entry().key(), text(pool, false)))
                        .toList();
        return session.commitChecked(new Change(marks(at), steps, List.of()))
                .handle((answer, failure) -> at);
    }

    /** Why a pool from that one on cannot go; empty: none of their blocks is owned. */
    private CompletionStage<Optional<Rejection>> owned(int from) {
        if (from == change.dropped().size()) {
            return Retries.done(Optional.empty());
        }
        PoolSeen pool = change.dropped().get(from);
        return new Blocks(pool)
                .look()
                .thenCompose(why -> why.isPresent() ? Retries.done(why) : owned(from + 1));
    }

    /** The records of a pool's blocks, page by page. */
    private final class Blocks {
        private final PoolSeen pool;
        private Keys.KeyRange left;

        Blocks(PoolSeen pool) {
            this.pool = pool;
            this.left = keys.blocks(pool.id());
        }

        CompletionStage<Optional<Rejection>> look() {
            return Retries.until(MOST_PAGES, "the reading of blocks", this::page);
        }

        private CompletionStage<Optional<Optional<Rejection>>> page() {
            return session.commit(Change.read(new Range(left.from(), left.to(), PAGE, Form.VALUES)))
                    .thenApply(answer -> {
                        Etcd.Reading page = answer.readings().getFirst();
                        for (Entry entry : page.entries()) {
                            if (Values.ownerOrTaken(entry).install().isPresent()) {
                                return Optional.of(Optional.of(refusal(entry)));
                            }
                        }
                        if (page.count() <= page.entries().size()) {
                            return Optional.of(Optional.empty());
                        }
                        left = left.after(page.entries().getLast().key());
                        return Optional.empty();
                    });
        }

        private Rejection refusal(Entry first) {
            String block = Keys.blockOf(first.key()).map(Object::toString).orElse(first.key());
            return Reason.POOL_NOT_EMPTY
                    .because(
                            "pool \"%s\" has blocks that are owned, %s first"
                                    .formatted(pool.name(), block))
                    .with("pool", pool.name());
        }
    }
}
