package io.croft.adapter.etcd;

import com.google.protobuf.util.Timestamps;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.StoreState;
import io.croft.proto.store.v1.StoreMeta;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** What a prefix says of itself, as it was read from its {@code meta}. */
record Meta(Entry entry, StoreMeta record) {
    static final int FORMAT = 1;

    /** Of reasons of freezes one over the other. */
    private static final int LONGEST_REASON = 1_024;

    /** Refuses with STORE_UNUSABLE what is not a prefix of ours, or one of a newer format. */
    static Meta of(String key, Reading reading) {
        if (reading.entries().isEmpty()) {
            throw Reason.STORE_UNUSABLE
                    .because("etcd has no %s: nobody made a store for this cluster".formatted(key))
                    .remedy(
                            "correct --store or --cluster, or make it with croft store init; if it"
                                    + " was lost, put the backup back")
                    .with("key", key)
                    .asException();
        }
        return of(reading.entries().getFirst());
    }

    private static Meta of(Entry entry) {
        StoreMeta record = Values.read(entry, StoreMeta.newBuilder()).build();
        if (record.getFormat() != FORMAT) {
            throw unusable(
                    entry,
                    "is of format %d, and this version reads %d"
                            .formatted(record.getFormat(), FORMAT));
        }
        if (record.getGeneration() < 1
                || !RecordWire.isCounter(record.getGeneration())
                || Keys.uuid(record.getClusterUid()).isEmpty()) {
            throw unusable(entry, "says no generation or no cluster");
        }
        return new Meta(entry, record);
    }

    private static RejectedException unusable(Entry entry, String why) {
        return Values.unusable(entry.key(), entry.key() + " " + why);
    }

    long generation() {
        return record.getGeneration();
    }

    /** The step that lets an unfreeze under way know that somebody spoke. */
    Etcd.Step.Put assertionMade(Keys keys) {
        return new Etcd.Step.Put(keys.assertions(), "\"" + record.getFreeze() + "\"");
    }

    boolean isFrozen() {
        return record.getFrozen();
    }

    StoreState state() {
        return new StoreState(
                generation(), Optional.of(record.getFreeze()).filter(_ -> isFrozen()));
    }

    /** The refusal of what a frozen store does not do. */
    Rejection frozen() {
        return Reason.STORE_FROZEN.because("the store is frozen: " + record.getFrozenBecause());
    }

    /** The value that says frozen; over another freeze it keeps the reason of that one too. */
    String frozenText(String because, Instant at, UUID freeze) {
        String before = record.getFrozenBecause();
        String both =
                !isFrozen() || before.isEmpty()
                        ? because
                        : before.startsWith(because)
                                ? before
                                : because + "; before that: " + before;
        return Values.text(
                Optional.of(entry),
                record.toBuilder()
                        .setFrozen(true)
                        .setFrozenBecause(
                                both.substring(0, Math.min(both.length(), LONGEST_REASON)))
                        .setFrozenAt(Timestamps.fromMillis(at.toEpochMilli()))
                        .setFreeze(freeze.toString())
                        .build());
    }

    /** The value that says not frozen any more, in a generation of its own. */
    String unfrozenText(long generation) {
        return Values.text(
                Optional.of(entry),
                record.toBuilder()
                        .setFrozen(false)
                        .clearFrozenBecause()
                        .clearFrozenAt()
                        .clearFreeze()
                        .setGeneration(generation)
                        .build());
    }
}
