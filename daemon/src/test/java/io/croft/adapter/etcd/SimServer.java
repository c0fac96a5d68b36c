package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.core.block.BlockId;
import io.croft.core.time.Clock;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.ClusterDirectory.PoweredOff;
import io.croft.testing.Some;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The etcd of a simulated cluster, with a prefix that init made: answers at once, tells somebody of
 * every change of a block's record, goes back to backups.
 */
public final class SimServer {
    public static final String NAME = "prod";

    private static final String OPERATOR = "operator";
    private static final Keys KEYS = Keys.of(NAME);

    /** Hears how the record of a block changed. */
    @FunctionalInterface
    public interface History {
        void changed(
                String by, BlockId block, Optional<BlockOwner> before, Optional<BlockOwner> after);
    }

    private final SimEtcd etcd;
    private final SimTroubles troubles;
    private final Clock clock;
    private final History history;
    private final java.util.function.UnaryOperator<Change> operators;
    private final SimBackup empty;
    private long uuids;
    private long clusters = 0xc1;

    /**
     * @param operators what becomes of the changes that an operator's commands send
     */
    public SimServer(
            Clock clock, History history, java.util.function.UnaryOperator<Change> operators) {
        this.clock = clock;
        this.etcd = new SimEtcd(clock);
        this.troubles = new SimTroubles(clock, etcd::loseLink);
        this.history = history;
        this.operators = operators;
        this.empty = etcd.backup();
        setup().init("owner").toCompletableFuture().join();
    }

    private UUID uuid() {
        return Some.uuid("operator's uuid " + ++uuids);
    }

    private StoreSetup setup() {
        return new StoreSetup(as("operator", operators), NAME, clock, this::uuid);
    }

    /** Somebody makes another cluster's store under the same prefix; to be refused. */
    public void initAgain() {
        setup().init("another owner").toCompletableFuture().join();
    }

    /** All is gone, and nobody put anything back yet. */
    public void becomeEmpty() {
        etcd.restore(empty, 0);
    }

    /** Nothing stands under the prefix. */
    public boolean isEmpty() {
        return content("pools").isEmpty() && content("installs").isEmpty();
    }

    /** What an audit says is wrong, without what somebody should merely know. */
    public List<String> audit() {
        var audit = new Audit(etcd, NAME, clock, this::uuid);
        return audit.run().toCompletableFuture().join().findings().stream()
                .filter(each -> each.severity() != Finding.Severity.NOTE)
                .map(Finding::toString)
                .toList();
    }

    /** As {@code croft store freeze} does; a refusal is thrown. */
    public void freeze(String because) {
        setup().freeze(because).toCompletableFuture().join();
    }

    /** The installs for each of which an unfreeze wants a word: their nodes, and why. */
    public Map<UUID, Missing> missing() {
        var all = new TreeMap<UUID, Missing>();
        setup().frozenInstalls()
                .toCompletableFuture()
                .join()
                .forEach(each ->
                        each.missing()
                                .ifPresent(why ->
                                        all.put(each.install(), new Missing(each.node(), why))));
        return all;
    }

    /** One for which nobody spoke. */
    public record Missing(String node, String why) {}

    /** As if nobody had given one for a while. */
    public void forgetSignsOfLife() {
        content("live").keySet().forEach(etcd::delete);
    }

    /** As {@code croft store unfreeze} does; a refusal is thrown. */
    public void unfreeze(Set<String> words) {
        Clients.unfreeze(setup(), words).toCompletableFuture().join();
    }

    /** As {@code croft node reclaim} does; a refusal is thrown. */
    public long reclaim(String node) {
        return operator()
                .directory()
                .reclaim(node, new PoweredOff("sim", false))
                .toCompletableFuture()
                .join();
    }

    /** A client of an operator's that found everything in order. */
    public EtcdStore operator() {
        var store = EtcdStore.open(as(OPERATOR), NAME, clock, this::uuid, _ -> {});
        store.session().check().toCompletableFuture().join();
        return store;
    }

    /** For the calls of one client. */
    public Etcd as(String client) {
        return as(client, change -> change);
    }

    /**
     * For those of one that sends something else than it should. What hinders clients does not
     * hinder an operator, who has rights and a way of his own.
     */
    public Etcd as(String client, UnaryOperator<Change> forged) {
        var direct =
                new SimClient(
                        client, etcd, forged, this::owners, KEYS.kind("blocks").from(), history);
        return client.equals(OPERATOR) ? direct : troubles.before(direct);
    }

    /** A change without its conditions on keys of one kind. */
    public static Change unconditional(String kind, Change change) {
        List<Condition> left =
                change.conditions().stream()
                        .filter(each -> !each.key().contains("/" + kind + "/"))
                        .toList();
        return left.isEmpty() && !change.conditions().isEmpty()
                ? change
                : new Change(left, change.then(), change.otherwise());
    }

    public SimBackup backup() {
        return etcd.backup();
    }

    /**
     * Goes back, and serves whoever comes. Who is connected must lose the link.
     *
     * @param bump added to the revision
     * @param otherCluster with a new cluster token, as the runbook says
     */
    public void restore(SimBackup backup, long bump, boolean otherCluster) {
        etcd.restore(backup, bump);
        troubles.clear();
        if (otherCluster) {
            etcd.becomeCluster(++clusters);
        }
    }

    /** Goes back with its log, as from copies of all disks. Who is connected must lose the link. */
    public void rollBack(SimBackup copy) {
        etcd.rollBack(copy);
        troubles.clear();
    }

    /** Somebody leads, and nobody did a moment ago; what was proposed then is gone. */
    public void elect() {
        elect(0);
    }

    /**
     * The same.
     *
     * @param committed of what clients proposed while nobody led, so many are carried out now
     */
    public void elect(int committed) {
        etcd.elect();
        troubles.lead(committed);
    }

    /** Until an election clients are answered nothing but who the members are. */
    public void loseLeader() {
        troubles.loseLeader();
    }

    /** The alarm NOSPACE: clients may read, delete and renew, and write nothing. */
    public void full(boolean now) {
        troubles.full(now);
    }

    /** The clients' role is gone, or was given again: leases and the members' words go on. */
    public void deny(boolean now) {
        if (now) {
            troubles.allowOnly("/of another cluster/");
        } else {
            troubles.allowAll();
        }
    }

    /** Users changed: the next transaction or read of some client is refused unread. */
    public void changeUsers() {
        troubles.changeUsers();
    }

    /** A transaction of the last seconds arrives once more, after all that came since. */
    public void repeat(int which) {
        troubles.repeat(which);
    }

    /** Watches lag behind what is read, or hear by one hint each what they missed. */
    public void lagWatches(boolean now) {
        if (now) {
            etcd.watches().hold();
        } else {
            etcd.watches().release();
        }
    }

    /** Watches hear nothing more, and of no end either; or their streams are opened anew. */
    public void silenceWatches(boolean now) {
        if (now) {
            etcd.watches().silence();
        } else {
            etcd.watches().reopen();
        }
    }

    /** History is forgotten, under watches that lag too. */
    public void compact() {
        etcd.compact();
    }

    /** A member more, which lags from now on; or it caught up. */
    public void lagMember(boolean now) {
        if (now) {
            troubles.lag(etcd.member().toCompletableFuture().join());
        } else {
            troubles.catchUp();
        }
    }

    public boolean isFrozen() {
        return setup().status().toCompletableFuture().join().frozen().isPresent();
    }

    public Optional<BlockOwner> owner(BlockId block) {
        return owners(KEYS.block(block)).values().stream().findFirst();
    }

    /** The records of all blocks. */
    public Map<BlockId, BlockOwner> owners() {
        var all = new TreeMap<BlockId, BlockOwner>();
        owners(KEYS.kind("blocks").from())
                .forEach((key, owner) -> Keys.blockOf(key).ifPresent(id -> all.put(id, owner)));
        return all;
    }

    /** What stands under a kind of keys, for a failure's report. */
    public Map<String, String> content(String kind) {
        return etcd.content(KEYS.kind(kind).from());
    }

    private Map<String, BlockOwner> owners(String prefix) {
        var all = new TreeMap<String, BlockOwner>();
        etcd.content(prefix)
                .forEach((key, value) ->
                        all.put(key, Values.ownerOrTaken(new Entry(key, value, 1, 0))));
        return all;
    }
}
