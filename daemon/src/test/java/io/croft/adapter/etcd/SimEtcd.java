package io.croft.adapter.etcd;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * An etcd of one member without network, disk and threads: each call is made and answered at once,
 * in the order of the calls. Faults come where the test puts them; what clients may not do now is
 * {@link SimTroubles}. {@link SimEtcdHonestyIT} compares it with real servers.
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

    private final SimSpace space = new SimSpace();
    private final SimLeases leases;
    private final SimWatches watches = new SimWatches();
    private final SimFaults faults = new SimFaults();
    private final List<Runnable> listeners = new ArrayList<>();
    private final List<String> touched = new ArrayList<>();
    private long cluster = 0xc1;
    private long member = 0xa1;
    private long inUse = member;
    private int campaigns;
    private int surveys;
    private long term = 2;
    private long index = FIRST_INDEX;

    SimEtcd(Clock clock) {
        this.leases = new SimLeases(clock);
    }

    /** The call of that number from now on, counted from 1, meets a fault. */
    synchronized void fault(int number, Fault next) {
        faults.fault(number, next);
    }

    /** Something happens right before the call of that number from now on, counted from 1. */
    synchronized void before(int number, Runnable something) {
        faults.before(number, something);
    }

    /** Calls since the latest {@link #fault}. */
    synchronized int calls() {
        return faults.calls();
    }

    synchronized SimBackup backup() {
        return new SimBackup(space.copy(), leases.lengths(), space.revision(), term, index);
    }

    /**
     * Goes back; the raft log begins anew. Nobody's link is lost by it: a test may let them notice.
     *
     * @param bump added to the revision
     */
    synchronized void restore(SimBackup backup, long bump) {
        space.replace(backup.content(), backup.revision() + bump);
        leases.replace(backup.leases());
        term = 2;
        index = FIRST_INDEX;
    }

    /**
     * Goes back as the disks of all members do that are put back from copies: the raft log goes on
     * from where it was then. Nobody's link is lost by it.
     */
    synchronized void rollBack(SimBackup copy) {
        space.replace(copy.content(), copy.revision());
        leases.replace(copy.leases());
        term = copy.term() + 1;
        index = copy.index() + 1;
    }

    /** As a restore with another cluster token does. */
    synchronized void becomeCluster(long id) {
        cluster = id;
    }

    /** As many entries of the log pass by as others would write. */
    synchronized void pass(long entriesOfLog) {
        index += entriesOfLog;
    }

    /** Another leader, who gives each lease its whole time again. */
    synchronized void elect() {
        term++;
        index++;
        leases.renewAll();
    }

    /**
     * Forgets what was before. Nobody who reads notices; watches that lag are ended by it, which
     * opens them anew.
     */
    void compact() {
        pass(1);
        watches.release();
    }

    /** For what befalls watches. */
    SimWatches watches() {
        return watches;
    }

    /** What stands under a key, for looks behind the stores. */
    synchronized Map<String, String> content(String prefix) {
        return space.content(prefix);
    }

    /** All of it, with what no client asks for. */
    synchronized Collection<SimSpace.Held> held() {
        return space.copy().values();
    }

    /** As {@code etcdctl put} does. */
    void put(String key, String value) {
        byHand(new Step.Put(key, value));
    }

    /** As {@code etcdctl del} does. */
    void delete(String key) {
        byHand(new Step.Delete(key));
    }

    private void byHand(Step step) {
        List<Runnable> due;
        synchronized (this) {
            index++;
            Change change = new Change(List.of(), List.of(step), List.of());
            touched.addAll(space.apply(change, leases::isLive).touched());
            due = takeHints();
        }
        due.forEach(Runnable::run);
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
        SimRequests.checkSteps(change);
        Change received = SimRequests.received(change);
        Optional<Rejection> refusal = SimRequests.refusal(received);
        return call(() -> {
            if (refusal.isPresent()) {
                throw refusal.get().asException();
            }
            if (received.writes()) {
                // Whatever becomes of it.
                index++;
            }
            SimSpace.Outcome outcome = space.apply(received, leases::isLive);
            touched.addAll(outcome.touched());
            return new Answer(outcome.matched(), outcome.readings(), header());
        });
    }

    private <T> CompletionStage<T> call(Supplier<T> body) {
        Fault now;
        CompletionStage<T> answer;
        List<Runnable> due;
        meanwhile().run();
        synchronized (this) {
            leases.over().forEach(this::end);
            now = faults.next();
            answer =
                    now == Fault.LOST || now == Fault.AWAY
                            ? failed(now)
                            : Retries.start(() -> Retries.done(body.get()));
            due = takeHints();
        }
        if (now != Fault.NONE) {
            loseLink();
        }
        due.forEach(Runnable::run);
        return now == Fault.REPLY_LOST ? failed(now) : answer;
    }

    private synchronized Runnable meanwhile() {
        return faults.takeMeanwhile();
    }

    private List<Runnable> takeHints() {
        List<Runnable> due = watches.changed(touched);
        touched.clear();
        return due;
    }

    private static <T> CompletionStage<T> failed(Fault fault) {
        Reason reason = fault == Fault.AWAY ? Reason.STORE_UNAVAILABLE : Reason.OUTCOME_UNKNOWN;
        return CompletableFuture.failedFuture(reason.because("the call failed").asException());
    }

    private void end(long lease) {
        index++;
        leases.remove(lease);
        touched.addAll(space.end(lease));
    }

    private Header header() {
        return new Header(cluster, member, space.revision(), term);
    }

    @Override
    public CompletionStage<Long> grant(Duration ttl) {
        return call(() -> {
            index++;
            if (ttl.toSeconds() > SimLeases.LONGEST_SECONDS) {
                throw Reason.STORE_UNAVAILABLE.because("too large lease TTL").asException();
            }
            return leases.grant(ttl);
        });
    }

    @Override
    public CompletionStage<Boolean> renew(long lease) {
        return call(() -> leases.renew(lease));
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
        watches.add(SimRequests.wire(prefix), hint);
    }

    @Override
    public synchronized void onLinkLost(Runnable lost) {
        listeners.add(lost);
    }

    @Override
    public void close() {}
}
