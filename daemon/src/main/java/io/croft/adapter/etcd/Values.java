package io.croft.adapter.etcd;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.wire.RecordWire;
import io.croft.adapter.wire.StoredJson;
import io.croft.core.block.Token;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.BlockOwner;
import io.croft.proto.store.v1.BlockRecord;
import java.util.Optional;
import java.util.UUID;

/**
 * Values as proto JSON. What cannot be read is refused with STORE_UNUSABLE and the key; what is not
 * known survives a rewrite.
 */
final class Values {
    /** The owner of a block whose record cannot be read: nobody that ever calls. */
    static final BlockOwner UNREADABLE =
            new BlockOwner(
                    Optional.of(new UUID(0, 0)),
                    "unreadable record",
                    new Token(0, 0, new UUID(0, 0)));

    private Values() {}

    /** A reader of one kind of value, which refuses what it does not like. */
    interface Reading<T> {
        T read() throws InvalidProtocolBufferException;
    }

    /** The value as a message. */
    static <B extends Message.Builder> B read(Entry entry, B into) {
        return checked(
                entry.key(),
                () -> {
                    StoredJson.read(StoredJson.parse(entry.value()), into);
                    return into;
                });
    }

    /** Whatever goes wrong with a value from outside is a refusal of its key. */
    static <T> T checked(String key, Reading<T> reading) {
        try {
            return reading.read();
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            throw unusable(key, "the value of %s cannot be read: %s".formatted(key, why(e)));
        }
    }

    private static String why(Exception e) {
        return e instanceof RejectedException refused
                ? refused.rejection().message()
                : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * The refusal of a value that is none of this version's.
     *
     * @param sentence what is wrong with it
     */
    static RejectedException unusable(String key, String sentence) {
        return Reason.STORE_UNUSABLE
                .because(sentence)
                .remedy("start the version that wrote it, or correct the value with etcdctl")
                .with("key", key)
                .asException();
    }

    static String text(Message message) {
        return text(Optional.empty(), message);
    }

    /** The message, with what the old value holds beyond this version's knowledge. */
    static String text(Optional<Entry> old, Message message) {
        try {
            return StoredJson.text(StoredJson.overlay(tree(old), message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a record that cannot be written", e);
        }
    }

    private static Struct tree(Optional<Entry> old) {
        try {
            return old.isPresent()
                    ? StoredJson.parse(old.get().value())
                    : Struct.getDefaultInstance();
        } catch (InvalidProtocolBufferException | RuntimeException unreadable) {
            return Struct.getDefaultInstance();
        }
    }

    static BlockOwner owner(Entry entry) {
        return checked(
                entry.key(), () -> RecordWire.read(read(entry, BlockRecord.newBuilder()).build()));
    }

    /** A block whose record cannot be read is taken. */
    static BlockOwner ownerOrTaken(Entry entry) {
        try {
            return owner(entry);
        } catch (RejectedException unreadable) {
            return UNREADABLE;
        }
    }
}
