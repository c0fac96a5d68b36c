package io.croft.adapter.etcd;

import io.croft.core.rejection.Reason;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * An etcd of one member without network, disk and threads: each call is made and answered at once,
 * in the order of the calls. Faults come where the test puts them.
 */
final class SimEtcd implements Etcd {
    private static final int FIRST_INDEX = 3;

    /** What becomes of a call. */
    enum Fault {
        NONE,
        /** Nothing is done, and the call fails. */
        LOST,
        /** It is done, and the answer is lost. */
        REPLY_LOST
    }

    /** All that a snapshot of etcd holds. */
    record Backup(NavigableMap<String, Entry> entries, Map<Long, Duration> leases, long revision) {}

    private record Lease(Duration ttl, BootTime ends) {}

    private record Watch(String prefix, Runnable hint) {}

    private final Clock clock;
    private final NavigableMap<String, Entry> entries = new TreeMap<>();
    private final Map<Long, Lease> leases = new TreeMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private long cluster = 0xc1;
    private long member = 0xa1;
    private long term = 2;
    private long index = FIRST_INDEX;
    private long revision = 1;
    private long lastLease = 100;
    private int calls;
    private int faultAt = -1;
    private Fault fault = Fault.NONE;
    private int runAt = -1;
    private Runnable meanwhile = () -> {};

    SimEtcd(Clock clock) {
        this.clock = clock;
    }

    /** The call of that number from now on, counted from 1, meets a fault. */
    synchronized void fault(int number, Fault next) {
        calls = 0;
        faultAt = number;
        fault = next;
    }

    /** Something happens right before the call of that number from now on, counted from 1. */
    synchronized void before(int number, Runnable something) {
        runAt = calls + number;
        meanwhile = something;
    }

    private synchronized Runnable meanwhile() {
        if (calls + 1 != runAt) {
            return () -> {};
        }
        runAt = -1;
        return meanwhile;
    }

    /** Calls since the latest {@link #fault}. */
    synchronized int calls() {
        return calls;
    }

    synchronized Backup backup() {
        var lengths = new TreeMap<Long, Duration>();
        leases.forEach((id, lease) -> lengths.put(id, lease.ttl()));
        return new Backup(new TreeMap<>(entries), lengths, revision);
    }

    /**
     * Goes back; the raft log begins anew. Nobody's link is lost by it: a test may let them notice.
     *
     * @param bump added to the revision
     */
    synchronized void restore(Backup backup, long bump) {
        entries.clear();
        entries.putAll(backup.entries());
        leases.clear();
        backup.leases().forEach((id, ttl) -> leases.put(id, new Lease(ttl, ends(ttl))));
        revision = backup.revision() + bump;
        term = 2;
        index = FIRST_INDEX;
    }

    /** As a restore with another cluster token does. */
    synchronized void becomeCluster(long id) {
        cluster = id;
    }

    /** As many entries of the log pass by as others would write. */
    synchronized void pass(long entriesOfLog) {
        index += entriesOfLog;
    }

    /** Another leader. */
    synchronized void elect() {
        term++;
        index++;
    }

    /** What stands under a key, for looks behind the stores. */
    synchronized Map<String, String> content(String prefix) {
        var content = new TreeMap<String, String>();
        entries.tailMap(prefix).values().stream()
                .takeWhile(entry -> entry.key().startsWith(prefix))
                .forEach(entry -> content.put(entry.key(), entry.value()));
        return content;
    }

    /** As {@code etcdctl put} does. */
    synchronized void put(String key, String value) {
        revision++;
        index++;
        entries.put(key, new Entry(key, value, revision, 0));
    }

    /** As {@code etcdctl del} does. */
    synchronized void delete(String key) {
        revision++;
        index++;
        entries.remove(key);
    }

    void loseLink() {
        List<Runnable> all;
        synchronized (this) {
            all = List.copyOf(listeners);
        }
        all.forEach(Runnable::run);
    }

    @Override
    public CompletionStage<Answer> commit(Change change) {
        Set<String> touched = new HashSet<>();
        CompletionStage<Answer> answer = call(() -> apply(change, touched));
        hints(touched).forEach(Runnable::run);
        return answer;
    }

    private synchronized List<Runnable> hints(Set<String> touched) {
        return watches.stream()
                .filter(watch -> touched.stream().anyMatch(key -> key.startsWith(watch.prefix())))
                .map(Watch::hint)
                .toList();
    }

    private <T> CompletionStage<T> call(Supplier<T> body) {
        Fault now;
        T made;
        meanwhile().run();
        synchronized (this) {
            calls++;
            now = calls == faultAt ? fault : Fault.NONE;
            if (now == Fault.LOST) {
                made = null;
            } else {
                expire();
                try {
                    made = body.get();
                } catch (RuntimeException e) {
                    return CompletableFuture.failedFuture(e);
                }
            }
        }
        if (now == Fault.NONE) {
            return CompletableFuture.completedFuture(made);
        }
        loseLink();
        return CompletableFuture.failedFuture(
                Reason.OUTCOME_UNKNOWN.because("the call's answer was lost").asException());
    }

    private void expire() {
        BootTime now = clock.now().boot();
        List<Long> ended =
                leases.entrySet().stream()
                        .filter(lease -> !now.isBefore(lease.getValue().ends()))
                        .map(Map.Entry::getKey)
                        .toList();
        ended.forEach(this::end);
    }

    private void end(long lease) {
        index++;
        leases.remove(lease);
        if (entries.values().removeIf(entry -> entry.lease() == lease)) {
            revision++;
        }
    }

    private BootTime ends(Duration ttl) {
        return clock.now().boot().plus(ttl);
    }

    private Answer apply(Change change, Set<String> touched) {
        checkForm(change);
        boolean matched = change.conditions().stream().allMatch(this::holds);
        List<Step> steps = matched ? change.then() : change.otherwise();
        long next = revision + 1;
        var readings = new ArrayList<Reading>();
        boolean wrote = false;
        for (Step step : steps) {
            if (step instanceof Step.Put(String key, String _, long lease)
                    && lease != 0
                    && !leases.containsKey(lease)) {
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
        if (steps.stream().anyMatch(step -> !isRead(step))) {
            index++;
        }
        return new Answer(matched, readings, header());
    }

    private static boolean isRead(Step step) {
        return step instanceof Step.Get || step instanceof Step.Range;
    }

    private boolean holds(Condition condition) {
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
    private static void checkForm(Change change) {
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
            if (steps.size() > MOST_STEPS || change.conditions().size() > MOST_STEPS) {
                throw new IllegalArgumentException("too many operations in txn request");
            }
        }
    }

    private Header header() {
        return new Header(cluster, member, revision, term);
    }

    @Override
    public CompletionStage<Long> grant(Duration ttl) {
        return call(() -> {
            lastLease++;
            index++;
            leases.put(lastLease, new Lease(ttl, ends(ttl)));
            return lastLease;
        });
    }

    @Override
    public CompletionStage<Boolean> renew(long lease) {
        return call(() ->
                leases.computeIfPresent(lease, (_, old) -> new Lease(old.ttl(), ends(old.ttl())))
                        != null);
    }

    @Override
    public CompletionStage<Void> revoke(long lease) {
        return call(
                        () -> {
                            end(lease);
                            return lease;
                        })
                .thenApply(_ -> null);
    }

    @Override
    public CompletionStage<List<Member>> members() {
        return call(() ->
                List.of(
                        new Member(
                                "sim", header(), index, "3.7.3", entries.size() * 256L, member)));
    }

    @Override
    public synchronized void watch(String prefix, Runnable hint) {
        watches.add(new Watch(prefix, hint));
    }

    @Override
    public synchronized void onLinkLost(Runnable lost) {
        listeners.add(lost);
    }

    @Override
    public void close() {}
}
