package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.address.Cidr;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The difference between the pools as they were read and as they shall be, in keys. */
final class PoolChange {
    /** Keys of one transaction; the rest of etcd's limit is for what goes with them. */
    static final int MOST_KEYS = 120;

    /** Pools that are put back at once. */
    private static final int MOST_RESTORED = MOST_KEYS - 1;

    private final Keys keys;
    private final PoolsSeen seen;
    private final PoolSet next;
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<PoolSeen> dropped = new ArrayList<>();

    PoolChange(Keys keys, PoolsSeen seen, PoolSet next) {
        this.keys = keys;
        this.seen = seen;
        this.next = next;
        conditions.add(seen.counterUnchanged(keys));
        steps.add(new Put(keys.poolset(), Long.toString(next.revision())));
        pools();
        external();
    }

    /**
     * As many of the lost pools as one transaction puts back, of those that do not meet a record
     * that cannot be read. A record of which nobody knows the range meets none: it was there before
     * them, or they would not have been made.
     */
    static PoolSet restored(Keys keys, PoolsSeen seen, PoolSet wanted) {
        PoolSet part = seen.set();
        List<Pool> lost =
                wanted.pools().values().stream()
                        .map(StoredPool::pool)
                        .filter(pool -> seen.set().find(pool.id()).isEmpty())
                        .filter(pool -> !seen.unreadable().containsKey(keys.pool(pool.name())))
                        .filter(pool ->
                                seen.unreadableRanges().stream()
                                        .flatMap(Optional::stream)
                                        .noneMatch(pool.cidr()::overlaps))
                        .limit(MOST_RESTORED)
                        .toList();
        for (Pool pool : lost) {
            part = part.restore(pool);
        }
        return part;
    }

    PoolSet next() {
        return next;
    }

    /** Pools that are gone afterwards, also where another takes their name. */
    List<PoolSeen> dropped() {
        return List.copyOf(dropped);
    }

    /** The transaction, where nothing is dropped; under one more condition. */
    Change plain(Condition also) {
        var all = new ArrayList<>(conditions);
        all.add(also);
        return new Change(all, steps, List.of());
    }

    List<Condition> conditions() {
        return List.copyOf(conditions);
    }

    /** What goes before and with a drop. */
    List<Condition> conditionsWithoutPools() {
        return List.of(conditions.getFirst());
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }

    private void pools() {
        next.pools()
                .forEach((name, stored) -> {
                    Optional<PoolSeen> before = Optional.ofNullable(seen.pools().get(name));
                    if (before.filter(old -> old.stored().equals(stored)).isEmpty()) {
                        Optional<Entry> entry = before.map(PoolSeen::entry);
                        conditions.add(Condition.unchanged(keys.pool(name), entry));
                        steps.add(new Put(keys.pool(name), PoolSeen.text(before, stored, false)));
                    }
                });
        for (PoolSeen old : seen.pools().values()) {
            if (next.find(old.id()).isEmpty()) {
                dropped.add(old);
                if (!next.pools().containsKey(old.name())) {
                    steps.add(new Delete(old.entry().key()));
                }
            }
        }
    }

    private void external() {
        next.external()
                .forEach((name, range) -> {
                    ExternalRange before = seen.set().external().get(name);
                    if (!range.equals(before)) {
                        Optional<Entry> entry = Optional.ofNullable(seen.external().get(name));
                        conditions.add(Condition.unchanged(keys.external(name), entry));
                        steps.add(
                                new Put(
                                        keys.external(name),
                                        Values.text(entry, RecordWire.write(range))));
                    }
                });
        seen.set()
                .external()
                .forEach((name, range) -> {
                    if (!next.external().containsKey(name)) {
                        Entry entry = Objects.requireNonNull(seen.external().get(name));
                        conditions.add(Condition.unchanged(entry));
                        steps.add(new Delete(entry.key()));
                    }
                });
    }

    /** Refuses what is too much at once, and what touches a record that cannot be read. */
    void check() {
        if (steps.size() + dropped.size() > MOST_KEYS) {
            throw Rejection.invalid(
                            "change",
                            Integer.toString(steps.size() + dropped.size()),
                            "changes more than %d pools and ranges at once".formatted(MOST_KEYS))
                    .remedy("make it in parts")
                    .asException();
        }
        for (Step step : steps) {
            String key =
                    switch (step) {
                        case Put(String put, String _, long _) -> put;
                        case Delete(String deleted) -> deleted;
                        default -> "";
                    };
            if (seen.unreadable().containsKey(key)) {
                throw Values.unusable(
                        key, "the value of %s cannot be read, so it is not changed".formatted(key));
            }
        }
        added().forEach(this::checkRange);
    }

    private List<Cidr> added() {
        var added = new ArrayList<Cidr>();
        for (StoredPool stored : next.pools().values()) {
            if (seen.set().find(stored.pool().id()).isEmpty()) {
                added.add(stored.pool().cidr());
            }
        }
        return added;
    }

    /** A range that cannot be read is in use; where nobody knows which it is, any may be. */
    private void checkRange(Cidr range) {
        for (Optional<Cidr> taken : seen.unreadableRanges()) {
            if (taken.filter(other -> !other.overlaps(range)).isEmpty()) {
                throw Reason.RANGE_OVERLAPS
                        .because(
                                "%s may overlap a pool or external range whose record cannot be"
                                        .concat(" read (%s)")
                                        .formatted(
                                                range,
                                                String.join(", ", seen.unreadable().keySet())))
                        .remedy("correct that record with etcdctl, then repeat")
                        .with("field", "cidr")
                        .asException();
            }
        }
    }
}
