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
        /** It is not even sent, and the failure says so. */
        AWAY,
        /** It is done, and the answer is lost. */
        REPLY_LOST
    }

    /** All that a snapshot of etcd holds. */
    record Backup(NavigableMap<String, Entry> entries, Map<Long, Duration> leases, long revision) {}

    private record Lease(Duration ttl, BootTime ends) {}

    private record Watch(String prefix, Runnable hint) {}

    private final Clock clock;
    private final SimSpace space = new SimSpace();
    private final Map<Long, Lease> leases = new TreeMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private long cluster = 0xc1;
    private long member = 0xa1;
    private long inUse = member;
    private int campaigns;
    private int surveys;
    private long term = 2;
    private long index = FIRST_INDEX;
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
        return new Backup(space.copy(), lengths, space.revision());
    }

    /**
     * Goes back; the raft log begins anew. Nobody's link is lost by it: a test may let them notice.
     *
     * @param bump added to the revision
     */
    synchronized void restore(Backup backup, long bump) {
        space.replace(backup.entries(), backup.revision() + bump);
        leases.clear();
        backup.leases().forEach((id, ttl) -> leases.put(id, new Lease(ttl, ends(ttl))));
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
        return space.content(prefix);
    }

    /** As {@code etcdctl put} does. */
    synchronized void put(String key, String value) {
        index++;
        space.put(key, value);
    }

    /** As {@code etcdctl del} does. */
    synchronized void delete(String key) {
        index++;
        space.delete(key);
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
        SimSpace.checkForm(change);
        var touched = new HashSet<String>();
        CompletionStage<Answer> answer =
                call(() -> {
                    SimSpace.Outcome outcome = apply(change);
                    touched.addAll(outcome.touched());
                    return new Answer(outcome.matched(), outcome.readings(), header());
                });
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
            expire();
            calls++;
            now = calls == faultAt ? fault : Fault.NONE;
            try {
                made = now == Fault.LOST || now == Fault.AWAY ? null : body.get();
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
        if (now == Fault.NONE) {
            return CompletableFuture.completedFuture(made);
        }
        loseLink();
        Reason reason = now == Fault.AWAY ? Reason.STORE_UNAVAILABLE : Reason.OUTCOME_UNKNOWN;
        return CompletableFuture.failedFuture(reason.because("the call failed").asException());
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
        space.end(lease);
    }

    private BootTime ends(Duration ttl) {
        return clock.now().boot().plus(ttl);
    }

    private SimSpace.Outcome apply(Change change) {
        SimSpace.Outcome outcome = space.apply(change, leases::containsKey);
        if (outcome.isLogged()) {
            index++;
        }
        return outcome;
    }

    private Header header() {
        return new Header(cluster, member, space.revision(), term);
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
    public CompletionStage<Member> member() {
        return call(() -> status(inUse, term + campaigns));
    }

    @Override
    public CompletionStage<List<Member>> members() {
        surveys++;
        return call(() -> List.of(status(member, term + campaigns)));
    }

    private Member status(long id, long itsTerm) {
        var header = new Header(cluster, id, space.revision(), itsTerm);
        return new Member("sim", header, index, "3.7.3", space.size() * 256L, member);
    }

    /** The member begins elections that nobody hears of: only its own word shows their terms. */
    synchronized void campaignAlone(int times) {
        campaigns = times;
    }

    /** A proxy has that member's status asked, while another one answers. */
    synchronized void askFirst(long other) {
        inUse = other;
    }

    /** How often all members were asked. */
    int surveys() {
        return surveys;
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
