package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.Registrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A block's record as it was read.
 *
 * @param entry empty: it was never owned
 */
record BlockSeen(BlockId block, String key, Optional<Entry> entry, Optional<BlockOwner> owner) {
    static BlockSeen of(BlockId block, Keys keys, Reading reading) {
        return of(block, keys.block(block), reading.first());
    }

    static BlockSeen of(BlockId block, String key, Optional<Entry> entry) {
        return new BlockSeen(block, key, entry, entry.map(Values::ownerOrTaken));
    }

    /** What cannot be read of it, in a sentence; else nothing. */
    List<String> damage() {
        return owner.filter(Values.UNREADABLE::equals).isPresent()
                ? List.of(
                        "the value of %s cannot be read; the block counts as taken".formatted(key))
                : List.of();
    }

    Condition unchanged() {
        return Condition.unchanged(key, entry);
    }

    boolean isOwnedBy(UUID install, Token token) {
        return owner.filter(now -> now.token().equals(token))
                .flatMap(BlockOwner::install)
                .filter(install::equals)
                .isPresent();
    }

    boolean isAsExpected(ClaimIntent intent) {
        return owner.map(BlockOwner::token).equals(intent.expected())
                && owner.flatMap(BlockOwner::install).equals(intent.from());
    }

    /** The steps that make it an install's. */
    List<Step> give(Keys keys, Registrant to, Token token) {
        var record = new BlockOwner(Optional.of(to.install()), to.node(), token);
        var steps = new ArrayList<Step>();
        steps.add(new Put(key, text(record)));
        steps.add(
                new Put(
                        keys.owned(to.install(), block),
                        Values.text(RecordWire.write(record).getToken())));
        owner.flatMap(BlockOwner::install)
                .filter(former -> !former.equals(to.install()))
                .ifPresent(former -> steps.add(new Delete(keys.owned(former, block))));
        return steps;
    }

    /** The steps that leave a tombstone in place of an owner. */
    List<Step> tombstone(Keys keys) {
        BlockOwner last = owner.orElseThrow();
        return List.of(
                new Put(key, text(new BlockOwner(Optional.empty(), "", last.token()))),
                new Delete(keys.owned(last.install().orElseThrow(), block)));
    }

    private String text(BlockOwner record) {
        return Values.text(entry, RecordWire.write(record));
    }
}
