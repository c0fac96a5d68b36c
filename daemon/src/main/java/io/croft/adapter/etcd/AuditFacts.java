package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Audit.Suspect;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Finding.Severity;
import io.croft.core.address.Cidr;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.rejection.RejectedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** What an audit saw so far, and what seems wrong with it. Entries come kind by kind. */
final class AuditFacts {
    static final String MEND = "correct or delete it with etcdctl";
    private static final String COUNTER = "the next change of pools makes it anew";

    private final Keys keys;
    private final List<Suspect> suspects = new ArrayList<>();
    private final Map<PoolId, Pool> pools = new HashMap<>();
    private final Map<PoolId, Condition> poolKeys = new HashMap<>();
    private final Map<Cidr, Condition> ranges = new TreeMap<>();
    private final AuditedInstalls installs;
    private final AuditedBlocks blocks;
    private long generation = Long.MAX_VALUE;
    private boolean knowsAllPools = true;

    /** The counter of pool changes is missing. */
    private Optional<Condition> counter = Optional.empty();

    AuditFacts(Keys keys) {
        this.keys = keys;
        this.installs = new AuditedInstalls(keys, this);
        this.blocks = new AuditedBlocks(keys, this);
    }

    List<Suspect> suspects() {
        return suspects;
    }

    long installs() {
        return installs.count();
    }

    long pools() {
        return pools.size();
    }

    long blocks() {
        return blocks.count();
    }

    long ownedBlocks() {
        return blocks.owned();
    }

    long generation() {
        return generation;
    }

    boolean knowsAllPools() {
        return knowsAllPools;
    }

    Optional<Pool> pool(PoolId id) {
        return Optional.ofNullable(pools.get(id));
    }

    Condition poolKey(PoolId id) {
        return Objects.requireNonNull(poolKeys.get(id));
    }

    boolean isInstall(UUID id) {
        return installs.contains(id);
    }

    void suspect(Severity severity, Condition on, String sentence, String remedy) {
        suspect(severity, List.of(on), sentence, remedy);
    }

    void suspect(Severity severity, List<Condition> on, String sentence, String remedy) {
        suspects.add(new Suspect(new Finding(severity, on.getFirst().key(), sentence, remedy), on));
    }

    void unreadable(Entry entry, RejectedException why) {
        suspect(
                Severity.WASTE,
                Condition.unchanged(entry),
                why.rejection().message(),
                why.rejection().remedy());
    }

    void single(String key, Optional<Entry> entry) {
        Condition on = Condition.unchanged(key, entry);
        if (key.equals(keys.meta())) {
            Meta meta = Meta.of(key, new Etcd.Reading(entry.stream().toList(), 1));
            generation = meta.generation();
            if (meta.isFrozen()) {
                suspect(
                        Severity.DANGER,
                        on,
                        "the store is frozen: " + meta.record().getFrozenBecause(),
                        "see docs/runbooks/etcd-restored.md; croft store unfreeze ends it");
            }
        } else if (key.equals(keys.raft()) && RaftLog.of(entry).isEmpty()) {
            suspect(
                    Severity.DANGER,
                    on,
                    "the raft mark is missing or cannot be read, so a restore would go unnoticed",
                    "the next agent that connects freezes the store; then croft store unfreeze");
        } else if (key.equals(keys.poolset())) {
            counter = Optional.of(on).filter(_ -> entry.isEmpty());
            if (PoolsSeen.revision(entry).isEmpty()) {
                suspect(Severity.NOTE, on, "the counter cannot be read", COUNTER);
            }
        } else if (key.equals(keys.importing()) && entry.isPresent()) {
            suspect(
                    Severity.WASTE,
                    on,
                    "a migration of install %s was begun and not finished"
                            .formatted(entry.get().value().strip()),
                    "repeat croft store migrate there; if that node is gone, croft store migrate --abandon");
        }
    }

    void pool(Entry entry) {
        try {
            PoolSeen seen = PoolSeen.of(entry);
            Condition on = Condition.unchanged(entry);
            pools.put(seen.id(), seen.stored().pool());
            poolKeys.put(seen.id(), on);
            range(seen.stored().pool().cidr(), on, true);
            if (seen.isDeleting()) {
                suspect(
                        Severity.WASTE,
                        on,
                        "pool \"%s\" is marked as being deleted, so nobody claims in it"
                                .formatted(seen.name()),
                        "repeat croft pool delete, or croft pool resume to keep it");
            }
        } catch (RejectedException e) {
            knowsAllPools = false;
            unreadable(entry, e);
        }
    }

    void external(Entry entry) {
        try {
            ExternalRange range = PoolsSeen.range(entry);
            range(range.cidr(), Condition.unchanged(entry), false);
        } catch (RejectedException e) {
            unreadable(entry, e);
        }
    }

    /** External ranges may overlap each other, pools nothing; pools come first. */
    private void range(Cidr cidr, Condition on, boolean isPool) {
        ranges.forEach((other, before) -> {
            if (other.overlaps(cidr)) {
                suspect(
                        Severity.DANGER,
                        List.of(on, before),
                        "%s overlaps %s of %s".formatted(cidr, other, before.key()),
                        "drain and delete one of the two");
            }
        });
        if (isPool) {
            ranges.put(cidr, on);
        }
    }

    void install(Entry entry) {
        installs.install(entry);
    }

    void node(Entry entry) {
        installs.node(entry);
    }

    void ofInstall(Entry entry) {
        installs.ofInstall(entry);
    }

    void owned(Entry entry) {
        blocks.owned(entry);
    }

    void block(Entry entry) {
        blocks.block(entry);
    }

    /** After all entries. */
    void finish() {
        blocks.finish();
        installs.finish();
        counter.filter(_ -> !pools.isEmpty())
                .ifPresent(missing ->
                        suspect(Severity.NOTE, missing, "the counter is missing", COUNTER));
    }
}
