package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.BlockOwner;
import io.croft.proto.store.v1.BlockRecord;
import io.croft.proto.store.v1.OwnershipToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The blocks of one install: found by their index, and believed by their records. Where a record
 * cannot be read the index is believed, because such a block is nobody else's either.
 */
final class OwnedBlocks {
    private static final int MOST_PAGES = 10_000;

    private final Continuity session;
    private final Keys keys;
    private final Seen seen;
    private final UUID install;
    private final Map<BlockId, Token> found = new TreeMap<>();
    private Keys.KeyRange left;

    OwnedBlocks(Continuity session, Keys keys, Seen seen, UUID install) {
        this.session = session;
        this.keys = keys;
        this.seen = seen;
        this.install = install;
        this.left = keys.ownedBy(install);
    }

    CompletionStage<Map<BlockId, Token>> read() {
        return Retries.until(MOST_PAGES, "the list of blocks", this::page);
    }

    private CompletionStage<Optional<Map<BlockId, Token>>> page() {
        return session.commit(
                        Change.read(
                                new Range(left.from(), left.to(), Etcd.MOST_STEPS, Form.VALUES)))
                .thenCompose(answer -> records(answer.readings().getFirst()));
    }

    private CompletionStage<Optional<Map<BlockId, Token>>> records(Reading page) {
        List<Entry> entries = page.entries();
        if (entries.isEmpty()) {
            return Retries.done(Optional.of(found));
        }
        left = left.after(entries.getLast().key());
        var indexed = new ArrayList<Entry>();
        var gets = new ArrayList<Step>();
        for (Entry entry : entries) {
            Keys.blockOf(entry.key())
                    .ifPresent(block -> {
                        indexed.add(entry);
                        gets.add(new Get(keys.block(block)));
                    });
        }
        boolean last = page.count() <= entries.size();
        return session.commit(Change.read(gets))
                .thenApply(answer -> {
                    for (int i = 0; i < indexed.size(); i++) {
                        add(indexed.get(i), answer.readings().get(i));
                    }
                    return last ? Optional.of(found) : Optional.empty();
                });
    }

    private void add(Entry index, Reading reading) {
        BlockId block = Keys.blockOf(index.key()).orElseThrow();
        Optional<BlockOwner> owner = seen.saw(BlockSeen.of(block, keys, reading)).owner();
        if (owner.filter(Values.UNREADABLE::equals).isPresent()) {
            readable(index).ifPresent(token -> found.put(block, token));
        } else {
            owner.filter(now -> now.install().equals(Optional.of(install)))
                    .ifPresent(now -> found.put(block, now.token()));
        }
    }

    /** The token of an entry of the index; empty: it is none. */
    static Optional<Token> readable(Entry index) {
        try {
            return Optional.of(token(index));
        } catch (RejectedException unreadable) {
            return Optional.empty();
        }
    }

    private static Token token(Entry index) {
        OwnershipToken wire = Values.read(index, OwnershipToken.newBuilder()).build();
        BlockRecord record = BlockRecord.newBuilder().setToken(wire).build();
        return Values.checked(index.key(), () -> RecordWire.read(record)).token();
    }
}
