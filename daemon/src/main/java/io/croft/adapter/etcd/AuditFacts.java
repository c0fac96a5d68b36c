package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Audit.Suspect;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Finding.Severity;
import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.Install;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** What an audit saw so far, and what seems wrong with it. Entries come kind by kind. */
final class AuditFacts {
    private static final String MEND = "correct or delete it with etcdctl";

    private final Keys keys;
    private final List<Suspect> suspects = new ArrayList<>();
    private final Map<PoolId, Pool> pools = new HashMap<>();
    private final Map<PoolId, Condition> poolKeys = new HashMap<>();
    private final Map<Cidr, Condition> ranges = new TreeMap<>();
    private final Map<UUID, Condition> installKeys = new HashMap<>();
    private final Map<String, List<Condition>> ofNode = new TreeMap<>();
    private final Map<String, Index> index = new HashMap<>();
    private long generation = Long.MAX_VALUE;
    private boolean knowsAllPools = true;
    private long blocks;
    private long owned;

    AuditFacts(Keys keys) {
        this.keys = keys;
    }

    /** A place in the index of owners. */
    private record Index(Condition on, UUID install, Optional<Token> token) {}

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
        return blocks;
    }

    long ownedBlocks() {
        return owned;
    }

    private void suspect(Severity severity, Condition on, String sentence, String remedy) {
        suspect(severity, List.of(on), sentence, remedy);
    }

    private void suspect(Severity severity, List<Condition> on, String sentence, String remedy) {
        suspects.add(new Suspect(new Finding(severity, on.getFirst().key(), sentence, remedy), on));
    }

    private void unreadable(Entry entry, RejectedException why) {
        suspect(
                Severity.WASTE,
                Condition.unchanged(entry),
                why.rejection().message(),
                why.rejection().remedy());
    }

    void single(String key, Optional<Entry> entry) {
        Condition on = entry.map(Condition::unchanged).orElseGet(() -> Condition.missing(key));
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
                    "an import of install %s was begun and not finished"
                            .formatted(entry.get().value().strip()),
                    "repeat croft store migrate there");
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
                .map(Install::node)
                .ifPresent(node -> ofNode.computeIfAbsent(node, _ -> new ArrayList<>()).add(on));
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
        Condition on = Condition.unchanged(entry);
        String[] parts = entry.key().substring(keys.root().length()).split("/", -1);
        Optional<UUID> install = parts.length > 1 ? Keys.uuid(parts[1]) : Optional.empty();
        Optional<BlockId> block = Keys.blockOf(entry.key());
        if (install.isEmpty() || block.isEmpty()) {
            suspect(Severity.NOTE, on, "the key is none that Croft writes", MEND);
            return;
        }
        Index before =
                index.put(keys.block(block.get()), new Index(on, install.get(), token(entry)));
        if (before != null) {
            suspect(
                    Severity.DANGER,
                    List.of(on, before.on()),
                    "block %s stands in the index of two owners".formatted(block.get()),
                    "delete the one that blocks/ does not name");
        }
    }

    private static Optional<Token> token(Entry entry) {
        try {
            return Optional.of(OwnedBlocks.token(entry));
        } catch (RejectedException unreadable) {
            return Optional.empty();
        }
    }

    void block(Entry entry) {
        Condition on = Condition.unchanged(entry);
        Optional<BlockId> block = Keys.blockOf(entry.key());
        if (block.isEmpty()) {
            suspect(Severity.NOTE, on, "the key is none that Croft writes", MEND);
            return;
        }
        blocks++;
        checkPlace(block.get(), on);
        Optional<Index> place = Optional.ofNullable(index.remove(entry.key()));
        try {
            checkOwner(entry, on, block.get(), Values.owner(entry), place);
        } catch (RejectedException e) {
            unreadable(entry, e);
        }
    }

    private void checkPlace(BlockId block, Condition on) {
        Pool pool = pools.get(block.pool());
        if (pool == null) {
            if (knowsAllPools) {
                suspect(
                        Severity.NOTE,
                        on,
                        "the pool of block %s is gone".formatted(block),
                        "delete what lies under blocks/%s with etcdctl, once no node holds it"
                                .formatted(block.pool()));
            }
        } else if (!pool.cidr().contains(block.cidr())
                || block.cidr().prefix() != pool.blockPrefix()) {
            suspect(
                    Severity.DANGER,
                    List.of(on, poolKeys.getOrDefault(block.pool(), on)),
                    "block %s is no /%d of pool \"%s\" %s"
                            .formatted(block, pool.blockPrefix(), pool.name(), pool.cidr()),
                    MEND);
        }
    }

    private void checkOwner(
            Entry entry, Condition on, BlockId block, BlockOwner owner, Optional<Index> place) {
        if (owner.token().generation() > generation) {
            suspect(
                    Severity.DANGER,
                    on,
                    "block %s has a token of generation %d, later than the store's %d"
                            .formatted(block, owner.token().generation(), generation),
                    "the store went back: croft store freeze, then the runbook");
        }
        boolean agrees =
                owner.install().equals(place.map(Index::install))
                        && (place.isEmpty()
                                || place.get().token().equals(Optional.of(owner.token())));
        if (!agrees) {
            checkIndex(on, block, owner, place);
        }
        if (owner.install().isPresent()) {
            owned++;
            UUID install = owner.install().get();
            if (!installKeys.containsKey(install)) {
                suspect(
                        Severity.WASTE,
                        List.of(on, Condition.missing(keys.install(install))),
                        "block %s is owned by install %s of node %s, which is none"
                                .formatted(block, install, owner.node()),
                        "make sure that the machine is off, then delete %s and its place in owned/"
                                .formatted(entry.key()));
            }
        }
    }

    private void checkIndex(Condition on, BlockId block, BlockOwner owner, Optional<Index> place) {
        String indexed = place.map(each -> "install " + each.install()).orElse("nobody");
        String recorded = owner.install().map(id -> "install " + id).orElse("nobody");
        Condition second =
                place.map(Index::on)
                        .orElseGet(() ->
                                Condition.missing(
                                        owner.install()
                                                .map(id -> keys.owned(id, block))
                                                .orElse(keys.root())));
        suspect(
                Severity.DANGER,
                List.of(on, second),
                "block %s is owned by %s, and in the index by %s%s"
                        .formatted(
                                block,
                                recorded,
                                indexed,
                                recorded.equals(indexed) ? " under another token" : ""),
                "believe blocks/; correct the key in owned/ with etcdctl");
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
        index.forEach((key, place) ->
                suspect(
                        Severity.DANGER,
                        List.of(place.on(), Condition.missing(key)),
                        "the index says that install %s owns it, and there is no %s"
                                .formatted(place.install(), key),
                        "delete the key, after the node validated"));
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
    }
}
