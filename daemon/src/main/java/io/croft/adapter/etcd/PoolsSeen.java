package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.address.Cidr;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.RejectedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * All pools and external ranges as they were read at one value of the counter.
 *
 * <p>What cannot be read any more stays in the set as it was when it could. What never could is not
 * in it; its name is taken all the same, and its range as far as it is known.
 *
 * @param counter empty: there are none yet
 * @param pools by name, those that can be read or could
 * @param external the entries of external ranges by name
 * @param unreadable the entries that cannot be read, by key
 */
record PoolsSeen(
        Optional<Entry> counter,
        PoolSet set,
        Map<String, PoolSeen> pools,
        Map<String, Entry> external,
        Map<String, Entry> unreadable,
        List<String> damage) {
    /**
     * Reads entries, all of one value of the counter.
     *
     * @param at etcd's revision then: no counter is ahead of it, so it takes the place of one that
     *     somebody deleted or damaged
     */
    static PoolsSeen of(
            Optional<Entry> counter,
            long at,
            List<Entry> pools,
            List<Entry> external,
            Optional<PoolsSeen> before) {
        var readable = new TreeMap<String, PoolSeen>();
        var unreadable = new TreeMap<String, Entry>();
        var damage = new TreeMap<String, String>();
        for (Entry entry : pools) {
            try {
                PoolSeen seen = PoolSeen.of(entry);
                before.map(PoolsSeen::pools)
                        .map(all -> all.get(seen.name()))
                        .ifPresent(seen::checkGoesOnFrom);
                readable.put(seen.name(), seen);
            } catch (RejectedException e) {
                unreadable.put(entry.key(), entry);
                damage.put(entry.key(), e.rejection().message());
                String name = Keys.last(entry.key());
                before.map(PoolsSeen::pools)
                        .map(all -> all.get(name))
                        .ifPresent(last -> readable.put(name, last));
            }
        }
        var ranges = new TreeMap<String, ExternalRange>();
        var entries = new TreeMap<String, Entry>();
        for (Entry entry : external) {
            try {
                ExternalRange range = range(entry);
                ranges.put(range.name(), range);
            } catch (RejectedException e) {
                unreadable.put(entry.key(), entry);
                damage.put(entry.key(), e.rejection().message());
                String name = Keys.last(entry.key());
                before.map(seen -> seen.set().external().get(name))
                        .ifPresent(last -> ranges.put(name, last));
            }
            entries.put(Keys.last(entry.key()), entry);
        }
        var stored = new TreeMap<String, StoredPool>();
        readable.forEach((name, seen) -> stored.put(name, seen.stored()));
        OptionalLong revision =
                counter.isEmpty() && !(pools.isEmpty() && external.isEmpty())
                        ? OptionalLong.empty()
                        : revision(counter);
        if (counter.isPresent() && revision.isEmpty()) {
            String key = counter.get().key();
            damage.put(
                    key,
                    "the value of %s cannot be read: must be a number to 2^62 - 1".formatted(key));
        }
        return new PoolsSeen(
                counter,
                new PoolSet(
                        // Goes on from a number that no counter reached.
                        revision.orElse(at), stored, ranges),
                readable,
                entries,
                unreadable,
                List.copyOf(damage.values()));
    }

    static ExternalRange range(Entry entry) {
        return Values.checked(
                entry.key(),
                () -> {
                    ExternalRange range =
                            RecordWire.read(
                                    Values.read(entry, io.croft.proto.v1.ExternalRange.newBuilder())
                                            .build());
                    if (!range.name().equals(Keys.last(entry.key()))) {
                        throw new IllegalArgumentException("it is of \"" + range.name() + "\"");
                    }
                    return range;
                });
    }

    /** Empty: it cannot be read. */
    static OptionalLong revision(Optional<Entry> counter) {
        if (counter.isEmpty()) {
            return OptionalLong.of(0);
        }
        try {
            String text = counter.get().value().replace("\"", "").strip();
            return OptionalLong.of(RecordWire.counter("poolset", Long.parseLong(text)));
        } catch (NumberFormatException | RejectedException unreadable) {
            return OptionalLong.empty();
        }
    }

    Condition counterUnchanged(Keys keys) {
        return Condition.unchanged(keys.poolset(), counter);
    }

    /** The ranges of what cannot be read; an empty one: nobody knows which. */
    List<Optional<Cidr>> unreadableRanges() {
        return unreadable.values().stream()
                .map(entry -> {
                    PoolSeen last = pools.get(Keys.last(entry.key()));
                    return last == null
                            ? PoolSeen.rangeOf(entry)
                            : Optional.of(last.stored().pool().cidr());
                })
                .toList();
    }
}
