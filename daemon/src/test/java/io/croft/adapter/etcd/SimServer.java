package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Step;
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
import java.util.concurrent.CompletionStage;

/**
 * The etcd of a simulated cluster, with a prefix that init made: answers at once, tells somebody of
 * every change of a block's record, goes back to backups.
 */
public final class SimServer {
    public static final String NAME = "prod";

    private static final Keys KEYS = Keys.of(NAME);

    /** Hears how the record of a block changed. */
    @FunctionalInterface
    public interface History {
        void changed(
                String by, BlockId block, Optional<BlockOwner> before, Optional<BlockOwner> after);
    }

    /** All that a backup holds. */
    public static final class Backup {
        private final SimEtcd.Backup content;

        private Backup(SimEtcd.Backup content) {
            this.content = content;
        }
    }

    private final SimEtcd etcd;
    private final Clock clock;
    private final History history;
    private long uuids;
    private long clusters = 0xc1;

    public SimServer(Clock clock, History history) {
        this.clock = clock;
        this.etcd = new SimEtcd(clock);
        this.history = history;
        setup().init("owner").toCompletableFuture().join();
    }

    private UUID uuid() {
        return Some.uuid("operator's uuid " + ++uuids);
    }

    private StoreSetup setup() {
        return new StoreSetup(etcd, NAME, clock, this::uuid);
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
        var store = EtcdStore.open(as("operator"), NAME, clock, this::uuid, _ -> {});
        store.session().check().toCompletableFuture().join();
        return store;
    }

    /** For the calls of one client. */
    public Etcd as(String client) {
        return as(client, change -> change);
    }

    /** For those of one that sends something else than it should. */
    public Etcd as(String client, java.util.function.UnaryOperator<Change> forged) {
        return new Recorded(client, forged);
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

    public Backup backup() {
        return new Backup(etcd.backup());
    }

    /**
     * Goes back. Who is connected must lose the link.
     *
     * @param bump added to the revision
     * @param otherCluster with a new cluster token, as the runbook says
     */
    public void restore(Backup backup, long bump, boolean otherCluster) {
        etcd.restore(backup.content, bump);
        if (otherCluster) {
            etcd.becomeCluster(++clusters);
        }
    }

    public void elect() {
        etcd.elect();
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

    /** Compares the records of blocks that a change names before and after it. */
    private final class Recorded implements Etcd {
        private final String client;
        private final java.util.function.UnaryOperator<Change> forged;

        Recorded(String client, java.util.function.UnaryOperator<Change> forged) {
            this.client = client;
            this.forged = forged;
        }

        @Override
        public CompletionStage<Answer> commit(Change change) {
            Change sent = forged.apply(change);
            Map<String, BlockOwner> before = named(sent);
            CompletionStage<Answer> answer = etcd.commit(sent);
            Map<String, BlockOwner> after = named(sent);
            if (!before.equals(after)) {
                var keys = new java.util.TreeSet<>(before.keySet());
                keys.addAll(after.keySet());
                for (String key : keys) {
                    Optional<BlockOwner> old = Optional.ofNullable(before.get(key));
                    Optional<BlockOwner> now = Optional.ofNullable(after.get(key));
                    if (!old.equals(now)) {
                        history.changed(client, Keys.blockOf(key).orElseThrow(), old, now);
                    }
                }
            }
            return answer;
        }

        private Map<String, BlockOwner> named(Change change) {
            var all = new TreeMap<String, BlockOwner>();
            for (List<Step> steps : List.of(change.then(), change.otherwise())) {
                for (Step step : steps) {
                    String prefix =
                            switch (step) {
                                case Step.Put(String key, String _, long _) -> key;
                                case Step.Delete(String key) -> key;
                                case Step.DeleteRange(String from, String _) -> from;
                                default -> "";
                            };
                    if (prefix.startsWith(KEYS.kind("blocks").from())) {
                        all.putAll(owners(prefix));
                    }
                }
            }
            return all;
        }

        @Override
        public CompletionStage<Long> grant(java.time.Duration ttl) {
            return etcd.grant(ttl);
        }

        @Override
        public CompletionStage<Boolean> renew(long lease) {
            return etcd.renew(lease);
        }

        @Override
        public CompletionStage<Void> revoke(long lease) {
            return etcd.revoke(lease);
        }

        @Override
        public CompletionStage<List<Member>> members() {
            return etcd.members();
        }

        @Override
        public CompletionStage<Member> member() {
            return etcd.member();
        }

        @Override
        public void watch(String prefix, Runnable hint) {
            etcd.watch(prefix, hint);
        }

        @Override
        public void onLinkLost(Runnable lost) {
            etcd.onLinkLost(lost);
        }

        @Override
        public void close() {}
    }
}
