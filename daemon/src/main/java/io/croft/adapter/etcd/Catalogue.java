package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.core.pool.PoolId;
import io.croft.core.rejection.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pools as this client last read them. The counter is asked first, and the rest only when it
 * moved.
 */
final class Catalogue {
    private static final int TRIES = 32;

    /** Of pools, and of external ranges. */
    static final int PAGE = 64;

    private final Continuity session;
    private final Keys keys;
    private final Unreadable unreadable;
    private volatile Optional<PoolsSeen> latest = Optional.empty();
    private final Map<PoolId, PoolSeen> located = new ConcurrentHashMap<>();

    Catalogue(Continuity session, Keys keys, Unreadable unreadable) {
        this.session = session;
        this.keys = keys;
        this.unreadable = unreadable;
    }

    /** What is so now. */
    CompletionStage<PoolsSeen> read() {
        return Retries.until(
                TRIES,
                "the reading of pools",
                () ->
                        session.commit(Change.read(new Get(keys.poolset())))
                                .thenCompose(answer -> {
                                    Optional<Entry> counter = counter(answer);
                                    Optional<PoolsSeen> same =
                                            latest.filter(seen -> isSame(seen, counter));
                                    return same.isPresent()
                                            ? Retries.done(same)
                                            : new Pages(counter).read();
                                }));
    }

    private static Optional<Entry> counter(Answer answer) {
        return answer.readings().getFirst().first();
    }

    /** The value too: after a restore another one may stand at the same revision. */
    private static boolean isSame(PoolsSeen seen, Optional<Entry> counter) {
        return seen.counter().equals(counter);
    }

    /** What is so now, read again although the counter may stand. */
    CompletionStage<PoolsSeen> reread() {
        return Retries.until(
                TRIES,
                "the reading of pools",
                () ->
                        session.commit(Change.read(new Get(keys.poolset())))
                                .thenCompose(answer -> new Pages(counter(answer)).read()));
    }

    /** The pool's record as last seen; empty: it was not seen. */
    Optional<PoolSeen> known(PoolId id) {
        return Optional.ofNullable(located.get(id));
    }

    /** The pool's record as last seen, or read now; empty: there is no such pool. */
    CompletionStage<Optional<PoolSeen>> find(PoolId id) {
        Optional<PoolSeen> known = known(id);
        return known.isPresent() ? Retries.done(known) : reread().thenApply(_ -> known(id));
    }

    /**
     * The pool as it is now, from a reading of its key; empty: it is gone, is not the same, or
     * cannot be read.
     */
    Optional<PoolSeen> saw(PoolSeen before, Reading reading) {
        try {
            Optional<PoolSeen> now =
                    reading.first().map(PoolSeen::of).filter(seen -> seen.id().equals(before.id()));
            now.ifPresentOrElse(
                    seen -> located.put(seen.id(), seen), () -> located.remove(before.id()));
            return now;
        } catch (RejectedException unreadable) {
            located.remove(before.id());
            return Optional.empty();
        }
    }

    private synchronized PoolsSeen keep(PoolsSeen seen) {
        latest = Optional.of(seen);
        located.clear();
        for (PoolSeen pool : seen.pools().values()) {
            if (!seen.unreadable().containsKey(pool.entry().key())) {
                located.put(pool.id(), pool);
            }
        }
        unreadable.replace(keys.root() + "pools", seen.damage());
        return seen;
    }

    /** All keys, page by page, at one value of the counter. */
    private final class Pages {
        private final Optional<Entry> counter;
        private final List<Entry> pools = new ArrayList<>();
        private final List<Entry> external = new ArrayList<>();
        private Keys.KeyRange poolsLeft = keys.kind("pools");
        private Keys.KeyRange externalLeft = keys.kind("external");

        Pages(Optional<Entry> counter) {
            this.counter = counter;
        }

        /** Empty: somebody changed the set meanwhile. */
        CompletionStage<Optional<PoolsSeen>> read() {
            return session.commit(
                            Change.read(
                                    new Get(keys.poolset()), range(poolsLeft), range(externalLeft)))
                    .thenCompose(answer -> {
                        if (!counter(answer).equals(counter)) {
                            return Retries.done(Optional.empty());
                        }
                        Reading one = answer.readings().get(1);
                        Reading two = answer.readings().get(2);
                        poolsLeft = add(pools, one, poolsLeft);
                        externalLeft = add(external, two, externalLeft);
                        boolean more =
                                one.count() > one.entries().size()
                                        || two.count() > two.entries().size();
                        return more
                                ? read()
                                : Retries.done(
                                        Optional.of(
                                                keep(
                                                        PoolsSeen.of(
                                                                counter,
                                                                answer.header().revision(),
                                                                pools,
                                                                external,
                                                                latest))));
                    });
        }

        private static Range range(Keys.KeyRange left) {
            return new Range(left.from(), left.to(), PAGE, Form.VALUES);
        }

        private static Keys.KeyRange add(List<Entry> all, Reading page, Keys.KeyRange left) {
            all.addAll(page.entries());
            return page.entries().isEmpty() ? left : left.after(page.entries().getLast().key());
        }
    }

    /** After a lost link another store may stand there, whose revisions run anew. */
    void forget() {
        latest = Optional.empty();
        located.clear();
    }
}
