package io.croft.adapter.wire;

import com.google.protobuf.ByteString;
import io.croft.core.address.Address;
import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.pool.BlockSize;
import io.croft.core.pool.PoolId;
import io.croft.core.rejection.Rejection;
import io.croft.proto.journal.v1.BlockRef;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Addresses, ranges, blocks and UUIDs as bytes (in the journal) and as text (in stores and the
 * API).
 *
 * <p>Bytes come from a checked record, so bad ones are a defect: {@link IllegalArgumentException}.
 * Text comes from people and other programs: a {@link io.croft.core.rejection.RejectedException}
 * names the field.
 */
public final class AddressWire {
    private static final int UUID_BYTES = 16;

    private AddressWire() {}

    /** 4 or 16 bytes in network order. */
    public static ByteString bytes(Address address) {
        return ByteString.copyFrom(address.bytes());
    }

    public static Address address(ByteString bytes) {
        return Address.of(bytes.toByteArray());
    }

    /** 16 bytes, most significant first. */
    public static ByteString bytes(UUID uuid) {
        byte[] bytes =
                ByteBuffer.allocate(UUID_BYTES)
                        .putLong(uuid.getMostSignificantBits())
                        .putLong(uuid.getLeastSignificantBits())
                        .array();
        return ByteString.copyFrom(bytes);
    }

    public static UUID uuid(ByteString bytes) {
        if (bytes.size() != UUID_BYTES) {
            throw new IllegalArgumentException("a UUID has 16 bytes, not " + bytes.size());
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** Reads a UUID in its canonical form, in letters of any case. */
    public static UUID uuid(String field, String text) {
        try {
            UUID uuid = UUID.fromString(text);
            // The JDK also reads "1-2-3-4-5".
            if (uuid.toString().equalsIgnoreCase(text)) {
                return uuid;
            }
        } catch (IllegalArgumentException refused) {
            // Said below, with the field's name.
        }
        throw Rejection.invalid(field, text, "not a UUID").asException();
    }

    public static BlockRef ref(BlockId block) {
        return BlockRef.newBuilder()
                .setPoolUid(bytes(block.pool().uid()))
                .setFirst(bytes(block.cidr().first()))
                .setPrefixLength(block.cidr().prefix())
                .build();
    }

    public static BlockId block(BlockRef ref) {
        var cidr = new Cidr(address(ref.getFirst()), ref.getPrefixLength());
        if (!BlockSize.allows(cidr)) {
            throw new IllegalArgumentException(cidr + " is larger than any block");
        }
        return new BlockId(new PoolId(uuid(ref.getPoolUid())), cidr);
    }

    /** {@code <pool uid>/<cidr>}: a block's name in stores. */
    public static String key(BlockId block) {
        return block.pool() + "/" + block.cidr();
    }

    public static BlockId block(String field, String key) {
        int slash = key.indexOf('/');
        if (slash < 0) {
            throw Rejection.invalid(field, key, "not a block as UID/CIDR").asException();
        }
        var pool = new PoolId(uuid(field, key.substring(0, slash)));
        return new BlockId(pool, Cidr.parse(field, key.substring(slash + 1)));
    }
}
