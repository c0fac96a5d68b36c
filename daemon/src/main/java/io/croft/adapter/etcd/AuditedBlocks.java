package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Finding.Severity;
import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.BlockOwner;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The blocks that an audit saw, after the index of owners, and what seems wrong with them. */
final class AuditedBlocks {
    private final Keys keys;
    private final AuditFacts facts;
    private final Map<String, Index> index = new HashMap<>();
    private long count;
    private long owned;

    AuditedBlocks(Keys keys, AuditFacts facts) {
        this.keys = keys;
        this.facts = facts;
    }

    /** A place in the index of owners. */
    private record Index(Condition on, UUID install, Optional<Token> token) {}

    long count() {
        return count;
    }

    long owned() {
        return owned;
    }

    /** After all entries: what is left of the index has no block. */
    void finish() {
        index.forEach((key, place) ->
                facts.suspect(
                        Severity.DANGER,
                        List.of(place.on(), Condition.missing(key)),
                        "the index says that install %s owns it, and there is no %s"
                                .formatted(place.install(), key),
                        "delete the key, after the node validated"));
    }

    void owned(Entry entry) {
        Condition on = Condition.unchanged(entry);
        String[] parts = entry.key().substring(keys.root().length()).split("/", -1);
        Optional<UUID> install = parts.length > 1 ? Keys.uuid(parts[1]) : Optional.empty();
        Optional<BlockId> block = Keys.blockOf(entry.key());
        if (install.isEmpty() || block.isEmpty()) {
            facts.suspect(Severity.NOTE, on, "the key is none that Croft writes", AuditFacts.MEND);
            return;
        }
        Index before =
                index.put(
                        keys.block(block.get()),
                        new Index(on, install.get(), OwnedBlocks.readable(entry)));
        if (before != null) {
            facts.suspect(
                    Severity.DANGER,
                    List.of(on, before.on()),
                    "block %s stands in the index of two owners".formatted(block.get()),
                    "delete the one that blocks/ does not name");
        }
    }

    void block(Entry entry) {
        Condition on = Condition.unchanged(entry);
        Optional<BlockId> block = Keys.blockOf(entry.key());
        if (block.isEmpty()) {
            facts.suspect(Severity.NOTE, on, "the key is none that Croft writes", AuditFacts.MEND);
            return;
        }
        count++;
        checkPlace(block.get(), on);
        Optional<Index> place = Optional.ofNullable(index.remove(entry.key()));
        try {
            checkOwner(entry, on, block.get(), Values.owner(entry), place);
        } catch (RejectedException e) {
            facts.unreadable(entry, e);
        }
    }

    private void checkPlace(BlockId block, Condition on) {
        Optional<Pool> known = facts.pool(block.pool());
        if (known.isEmpty()) {
            if (facts.knowsAllPools()) {
                facts.suspect(
                        Severity.NOTE,
                        on,
                        "the pool of block %s is gone".formatted(block),
                        "delete what lies under blocks/%s with etcdctl, once no node holds it"
                                .formatted(block.pool()));
            }
            return;
        }
        Pool pool = known.get();
        if (!pool.cidr().contains(block.cidr()) || block.cidr().prefix() != pool.blockPrefix()) {
            facts.suspect(
                    Severity.DANGER,
                    List.of(on, facts.poolKey(block.pool())),
                    "block %s is no /%d of pool \"%s\" %s"
                            .formatted(block, pool.blockPrefix(), pool.name(), pool.cidr()),
                    AuditFacts.MEND);
        }
    }

    private void checkOwner(
            Entry entry, Condition on, BlockId block, BlockOwner owner, Optional<Index> place) {
        if (owner.token().generation() > facts.generation()) {
            facts.suspect(
                    Severity.DANGER,
                    on,
                    "block %s has a token of generation %d, later than the store's %d"
                            .formatted(block, owner.token().generation(), facts.generation()),
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
            if (!facts.isInstall(install)) {
                facts.suspect(
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
        facts.suspect(
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
}
