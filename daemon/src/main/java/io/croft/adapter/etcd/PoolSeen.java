package io.croft.adapter.etcd;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.wire.RecordWire;
import io.croft.adapter.wire.StoredJson;
import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.proto.store.v1.PoolRecord;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A pool's record as it was read, and could be read. */
record PoolSeen(Entry entry, StoredPool stored, boolean isDeleting) {
    /** Bytes of a record; what reads a page of them must take it. */
    static final int LARGEST = 64 * 1024;

    /** Refuses with STORE_UNUSABLE what cannot be read. */
    static PoolSeen of(Entry entry) {
        return Values.checked(
                entry.key(),
                () -> {
                    PoolRecord record = Values.read(entry, PoolRecord.newBuilder()).build();
                    StoredPool stored = RecordWire.read(record);
                    if (!stored.pool().name().equals(Keys.last(entry.key()))) {
                        throw new IllegalArgumentException(
                                "it is of pool \"%s\"".formatted(stored.pool().name()));
                    }
                    return new PoolSeen(entry, stored, record.getDeleting());
                });
    }

    /** Refuses with STORE_UNUSABLE what somebody made of the same pool by hand. */
    void checkGoesOnFrom(PoolSeen before) {
        if (id().equals(before.id()) && !stored.pool().isFormedAs(before.stored.pool())) {
            throw Reason.STORE_UNUSABLE
                    .because(
                            "the value of %s changes what never changes of a pool: range, block size, mode or gateway"
                                    .formatted(entry.key()))
                    .remedy("put the former value back with etcdctl; make a new pool instead")
                    .with("key", entry.key())
                    .asException();
        }
    }

    /** The range of a pool or external range of which perhaps nothing else can be read. */
    static Optional<Cidr> rangeOf(Entry entry) {
        try {
            Struct tree = StoredJson.parse(entry.value());
            Struct spec = tree.containsFields("cidr") ? tree : inner(inner(tree, "pool"), "spec");
            return Optional.of(Cidr.parse("cidr", spec.getFieldsOrThrow("cidr").getStringValue()));
        } catch (InvalidProtocolBufferException | RuntimeException unknown) {
            return Optional.empty();
        }
    }

    private static Struct inner(Struct tree, String field) {
        return tree.getFieldsOrThrow(field).getStructValue();
    }

    PoolId id() {
        return stored.pool().id();
    }

    String name() {
        return stored.pool().name();
    }

    boolean hasBlock(BlockId block) {
        return block.cidr().prefix() == stored.pool().blockPrefix()
                && stored.pool().cidr().contains(block.cidr());
    }

    /** The record of a pool: of this one if it is the same, with all that is not known. */
    static String text(Optional<PoolSeen> before, StoredPool next, boolean deleting) {
        Optional<Entry> old =
                before.filter(seen -> seen.id().equals(next.pool().id())).map(PoolSeen::entry);
        PoolRecord record = RecordWire.write(next).toBuilder().setDeleting(deleting).build();
        String text = Values.text(old, record);
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LARGEST) {
            throw Rejection.invalid(
                            "pool",
                            next.pool().name(),
                            "its record has %,d bytes, at most %,d".formatted(bytes, LARGEST))
                    .remedy("reserve fewer ranges, or name fewer namespaces and nodes")
                    .asException();
        }
        return text;
    }
}
