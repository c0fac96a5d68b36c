package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/** The keys of a simulated etcd and their revisions, and what a transaction does to them. */
final class SimSpace {
    private final NavigableMap<String, Held> all = new TreeMap<>(SimRequests::byBytes);
    private long revision = 1;

    /**
     * A key as etcd keeps it.
     *
     * @param created revision in which it came to be
     * @param version changes since then, that one included
     */
    record Held(Entry entry, long created, long version) {}

    /**
     * What a transaction did.
     *
     * @param touched keys that it wrote or deleted
     */
    record Outcome(boolean matched, List<Reading> readings, Set<String> touched) {}

    long revision() {
        return revision;
    }

    int size() {
        return all.size();
    }

    NavigableMap<String, Held> copy() {
        return new TreeMap<>(all);
    }

    void replace(Map<String, Held> content, long at) {
        all.clear();
        all.putAll(content);
        revision = at;
    }

    Map<String, String> content(String prefix) {
        var content = new TreeMap<String, String>();
        all.tailMap(prefix).values().stream()
                .map(Held::entry)
                .takeWhile(entry -> entry.key().startsWith(prefix))
                .forEach(entry -> content.put(entry.key(), entry.value()));
        return content;
    }

    /** Deletes the keys of a lease; those. */
    Set<String> end(long lease) {
        var ended = new TreeSet<String>();
        all.values().stream()
                .map(Held::entry)
                .filter(entry -> entry.lease() == lease)
                .forEach(entry -> ended.add(entry.key()));
        if (!ended.isEmpty()) {
            all.keySet().removeAll(ended);
            revision++;
        }
        return ended;
    }

    Outcome apply(Change change, LongPredicate isLease) {
        boolean matched = change.conditions().stream().allMatch(this::holds);
        List<Step> steps = matched ? change.then() : change.otherwise();
        for (Step step : steps) {
            if (step instanceof Step.Put(String _, String _, long lease)
                    && lease != 0
                    && !isLease.test(lease)) {
                throw Reason.STORE_UNAVAILABLE
                        .because("requested lease not found")
                        .with("said", "requested lease not found")
                        .asException();
            }
        }
        var readings = new ArrayList<Reading>();
        var touched = new TreeSet<String>();
        long next = revision + 1;
        for (Step step : steps) {
            switch (step) {
                case Step.Put put -> {
                    put(put, next);
                    touched.add(put.key());
                }
                case Step.Delete(String key) -> delete(span(key, ""), touched);
                case Step.DeleteRange(String from, String to) -> delete(span(from, to), touched);
                case Step.Get(String key) -> readings.add(read(key, "", 0, Form.VALUES));
                case Step.Range(String from, String to, int most, Form form) ->
                        readings.add(read(from, to, most, form));
            }
        }
        if (!touched.isEmpty()) {
            revision = next;
        }
        return new Outcome(matched, readings, touched);
    }

    private void put(Step.Put put, long at) {
        Held old = all.get(put.key());
        all.put(
                put.key(),
                new Held(
                        new Entry(put.key(), put.value(), at, put.lease()),
                        old == null ? at : old.created(),
                        old == null ? 1 : old.version() + 1));
    }

    private static void delete(Map<String, Held> range, Set<String> touched) {
        touched.addAll(range.keySet());
        range.clear();
    }

    private boolean holds(Condition condition) {
        Map<String, Held> range = span(condition.key(), condition.to().orElse(""));
        // No key at all compares as one that was never changed.
        return range.isEmpty()
                ? condition.modified() == 0
                : range.values().stream()
                        .allMatch(held -> held.entry().modified() == condition.modified());
    }

    /** Without an end it is one key; an end of a zero byte is none. */
    private NavigableMap<String, Held> span(String from, String to) {
        if (to.isEmpty()) {
            return all.subMap(from, true, from, true);
        }
        if (to.equals("\0")) {
            return all.tailMap(from, true);
        }
        return SimRequests.byBytes(from, to) < 0
                ? all.subMap(from, true, to, false)
                : all.subMap(from, true, from, false);
    }

    private Reading read(String from, String to, int most, Form form) {
        Map<String, Held> range = span(from, to);
        int count = range.size();
        if (form == Form.COUNT) {
            return new Reading(List.of(), count);
        }
        List<Entry> found =
                range.values().stream()
                        .limit(most <= 0 ? Long.MAX_VALUE : most)
                        .map(Held::entry)
                        .map(entry -> form == Form.KEYS ? bare(entry) : entry)
                        .toList();
        return new Reading(found, count);
    }

    /** Later versions show no leases here. */
    private static Entry bare(Entry entry) {
        return new Entry(entry.key(), "", entry.modified(), 0);
    }
}
