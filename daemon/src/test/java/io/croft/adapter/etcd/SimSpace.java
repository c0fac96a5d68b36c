package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/** The keys of a simulated etcd and their revisions, and what a transaction does to them. */
final class SimSpace {
    private final NavigableMap<String, Entry> entries = new TreeMap<>();
    private long revision = 1;

    /**
     * What a transaction did.
     *
     * @param isLogged it is an entry of the raft log
     * @param touched keys that it wrote or deleted
     */
    record Outcome(
            boolean matched, List<Reading> readings, boolean isLogged, Set<String> touched) {}

    long revision() {
        return revision;
    }

    int size() {
        return entries.size();
    }

    NavigableMap<String, Entry> copy() {
        return new TreeMap<>(entries);
    }

    void replace(Map<String, Entry> all, long at) {
        entries.clear();
        entries.putAll(all);
        revision = at;
    }

    Map<String, String> content(String prefix) {
        var content = new TreeMap<String, String>();
        entries.tailMap(prefix).values().stream()
                .takeWhile(entry -> entry.key().startsWith(prefix))
                .forEach(entry -> content.put(entry.key(), entry.value()));
        return content;
    }

    void put(String key, String value) {
        revision++;
        entries.put(key, new Entry(key, value, revision, 0));
    }

    void delete(String key) {
        revision++;
        entries.remove(key);
    }

    /** Deletes the keys of a lease. */
    void end(long lease) {
        if (entries.values().removeIf(entry -> entry.lease() == lease)) {
            revision++;
        }
    }

    Outcome apply(Change change, LongPredicate isLease) {
        boolean matched = change.conditions().stream().allMatch(this::holds);
        List<Step> steps = matched ? change.then() : change.otherwise();
        long next = revision + 1;
        var readings = new ArrayList<Reading>();
        var touched = new HashSet<String>();
        boolean wrote = false;
        for (Step step : steps) {
            if (step instanceof Step.Put(String key, String _, long lease)
                    && lease != 0
                    && !isLease.test(lease)) {
                throw Reason.STORE_UNAVAILABLE
                        .because("requested lease not found for " + key)
                        .asException();
            }
        }
        for (Step step : steps) {
            switch (step) {
                case Step.Put(String key, String value, long lease) -> {
                    entries.put(key, new Entry(key, value, next, lease));
                    touched.add(key);
                    wrote = true;
                }
                case Step.Delete(String key) -> {
                    touched.add(key);
                    wrote |= entries.remove(key) != null;
                }
                case Step.DeleteRange(String from, String to) -> {
                    Map<String, Entry> range = entries.subMap(from, to);
                    touched.addAll(range.keySet());
                    wrote |= !range.isEmpty();
                    range.clear();
                }
                case Step.Get(String key) -> readings.add(get(key));
                case Step.Range range -> readings.add(read(range));
            }
        }
        if (wrote) {
            revision = next;
        }
        boolean logged = steps.stream().anyMatch(step -> !isRead(step));
        return new Outcome(matched, readings, logged, touched);
    }

    private static boolean isRead(Step step) {
        return step instanceof Step.Get || step instanceof Step.Range;
    }

    private boolean holds(Condition condition) {
        if (condition.to().isPresent()) {
            return entries.subMap(condition.key(), condition.to().get()).values().stream()
                    .allMatch(entry -> entry.modified() == condition.modified());
        }
        Entry entry = entries.get(condition.key());
        return (entry == null ? 0 : entry.modified()) == condition.modified();
    }

    private Reading get(String key) {
        Entry entry = entries.get(key);
        return entry == null ? new Reading(List.of(), 0) : new Reading(List.of(entry), 1);
    }

    private Reading read(Step.Range range) {
        if (range.from().compareTo(range.to()) >= 0) {
            return new Reading(List.of(), 0);
        }
        var all = entries.subMap(range.from(), range.to());
        if (range.form() == Form.COUNT) {
            return new Reading(List.of(), all.size());
        }
        List<Entry> found =
                all.values().stream()
                        .limit(range.most() == 0 ? Long.MAX_VALUE : range.most())
                        .map(entry -> range.form() == Form.KEYS ? bare(entry) : entry)
                        .toList();
        return new Reading(found, all.size());
    }

    private static Entry bare(Entry entry) {
        return new Entry(entry.key(), "", entry.modified(), entry.lease());
    }

    /** What etcd refuses: too many steps, and two that write the same key. */
    static void checkForm(Change change) {
        for (List<Step> steps : List.of(change.then(), change.otherwise())) {
            var written = new HashSet<String>();
            for (Step step : steps) {
                boolean fresh =
                        switch (step) {
                            case Step.Put(String key, String _, long _) -> written.add(key);
                            case Step.Delete(String key) -> written.add(key);
                            default -> true;
                        };
                if (!fresh) {
                    throw new IllegalArgumentException("duplicate key given in txn: " + step);
                }
            }
            for (Step step : steps) {
                if (step instanceof Step.DeleteRange(String from, String to)
                        && written.stream()
                                .anyMatch(
                                        key -> key.compareTo(from) >= 0 && key.compareTo(to) < 0)) {
                    throw new IllegalArgumentException("duplicate key given in txn: " + step);
                }
            }
            if (steps.size() > Etcd.MOST_STEPS || change.conditions().size() > Etcd.MOST_STEPS) {
                throw new IllegalArgumentException("too many operations in txn request");
            }
        }
    }
}
