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
import io.croft.node.port.Install;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** What an audit saw so far, and what seems wrong with it. Entries come kind by kind. */
final class AuditFacts {
    private static final int MOST_NAMED = 8;
    static final String MEND = "correct or delete it with etcdctl";

    private final Keys keys;
    private final List<Suspect> suspects = new ArrayList<>();
    private final Map<PoolId, Pool> pools = new HashMap<>();
    private final Map<PoolId, Condition> poolKeys = new HashMap<>();
    private final Map<Cidr, Condition> ranges = new TreeMap<>();
    private final Map<UUID, Condition> installKeys = new HashMap<>();
    private final Map<String, List<Condition>> ofNode = new TreeMap<>();
    private final Map<String, Map<String, Condition>> nodesOfHardware = new TreeMap<>();
    private final AuditedBlocks blocks;
    private long generation = Long.MAX_VALUE;
    private boolean knowsAllPools = true;

    AuditFacts(Keys keys) {
        this.keys = keys;
        this.blocks = new AuditedBlocks(keys, this);
    }

    List<Suspect> suspects() {
        return suspects;
    }

    long installs() {
        return installKeys.size();
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
        return installKeys.containsKey(id);
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
        InstallSeen seen = InstallSeen.of(entry.key(), Optional.of(entry));
        Condition on = Condition.unchanged(entry);
        Keys.idOf(entry.key()).ifPresent(id -> installKeys.put(id, on));
        seen.install()
                .ifPresent(install -> {
                    ofNode.computeIfAbsent(install.node(), _ -> new ArrayList<>()).add(on);
                    nodesOfHardware
                            .computeIfAbsent(install.hardwareId(), _ -> new TreeMap<>())
                            .put(install.node(), on);
                });
        if (seen.isUnreadable()) {
            suspect(Severity.WASTE, on, "the install's record cannot be read", MEND);
        }
        if (seen.isReclaiming()) {
            suspect(
                    Severity.WASTE,
                    on,
                    "the reclaim of node %s was begun and not finished"
                            .formatted(seen.install().map(Install::node).orElse("?")),
                    "repeat croft node reclaim");
        }
    }

    void node(Entry entry) {
        try {
            NodeSeen node = NodeSeen.of(entry.key(), Optional.of(entry));
            node.current()
                    .filter(id -> !installKeys.containsKey(id))
                    .ifPresent(id ->
                            suspect(
                                    Severity.NOTE,
                                    List.of(
                                            Condition.unchanged(entry),
                                            Condition.missing(keys.install(id))),
                                    "the name leads to install %s, which is none".formatted(id),
                                    MEND));
        } catch (RejectedException e) {
            unreadable(entry, e);
        }
    }

    void owned(Entry entry) {
        blocks.owned(entry);
    }

    void block(Entry entry) {
        blocks.block(entry);
    }

    /** A sign of life, an assertion or a copy of an install that is none. */
    void ofInstall(Entry entry) {
        Optional<UUID> install = Keys.idOf(entry.key());
        if (install.isEmpty() || !installKeys.containsKey(install.get())) {
            var on = new ArrayList<Condition>(List.of(Condition.unchanged(entry)));
            install.ifPresent(id -> on.add(Condition.missing(keys.install(id))));
            suspect(Severity.NOTE, on, "it belongs to no install", MEND);
        }
    }

    /** After all entries. */
    void finish() {
        blocks.finish();
        ofNode.forEach((node, installs) -> {
            if (installs.size() > 1) {
                suspect(
                        Severity.NOTE,
                        installs.subList(0, Math.min(installs.size(), Etcd.MOST_STEPS)),
                        "node %s has %d installs".formatted(node, installs.size()),
                        "a former one's blocks are inherited after a reboot; else croft node"
                                + " reclaim");
            }
        });
        nodesOfHardware.forEach((hardware, nodes) -> {
            if (nodes.size() > 1) {
                suspect(
                        Severity.NOTE,
                        nodes.values().stream().limit(Etcd.MOST_STEPS).toList(),
                        "hardware id %s is that of %d nodes: %s"
                                .formatted(
                                        hardware,
                                        nodes.size(),
                                        nodes.keySet().stream()
                                                .limit(MOST_NAMED)
                                                .collect(Collectors.joining(", "))),
                        "give each machine a --hardware-id of its own; reclaim the former name of a"
                                + " machine that was renamed");
            }
        });
    }
}
