package io.croft.adapter.embedded;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.croft.adapter.wire.AddressWire;
import io.croft.adapter.wire.RecordWire;
import io.croft.adapter.wire.StoredJson;
import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.Install;
import io.croft.proto.store.v1.BlockRecord;
import io.croft.proto.store.v1.EmbeddedStore;
import io.croft.proto.store.v1.InstallRecord;
import io.croft.proto.store.v1.PoolRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Reads {@code store.json}. A block's record that cannot be read is skipped as taken, because a
 * block that nobody may have costs addresses, and one that two have costs the promise. Anything
 * else that cannot be read makes the file unusable.
 */
final class DocumentReader {
    /** The owner of a block whose record cannot be read: nobody that ever calls. */
    static final BlockOwner UNREADABLE =
            new BlockOwner(
                    Optional.of(new UUID(0, 0)),
                    "unreadable record",
                    new Token(0, 0, new UUID(0, 0)));

    private final List<String> damaged = new ArrayList<>();

    private DocumentReader() {}

    /**
     * The document.
     *
     * @param name of the file, for refusals
     */
    static Document read(String name, byte[] bytes) {
        try {
            return new DocumentReader().read(bytes);
        } catch (RejectedException e) {
            throw unusable(name, e.rejection().message());
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            // Values check themselves where they are made.
            throw unusable(name, String.valueOf(e.getMessage()).replace('\n', ' '));
        }
    }

    static RejectedException unusable(String name, String why) {
        return Reason.CANNOT_START
                .because("%s cannot be used: %s".formatted(name, why))
                .remedy("start the version that wrote it, or put the file back from a copy")
                .with("field", "store")
                .with("value", name)
                .asException();
    }

    private Document read(byte[] bytes) throws InvalidProtocolBufferException {
        Struct tree = StoredJson.parse(new String(bytes, StandardCharsets.UTF_8));
        var head = EmbeddedStore.newBuilder();
        StoredJson.read(head(tree), head);
        if (head.getFormat() != Document.FORMAT) {
            throw new InvalidProtocolBufferException(
                    "it is of format %d, and this version reads %d"
                            .formatted(head.getFormat(), Document.FORMAT));
        }
        return new Document(
                tree,
                AddressWire.uuid("clusterUid", head.getClusterUid()),
                head.getGeneration(),
                pools(tree, head.getPoolSet()),
                blocks(Document.object(tree, "blocks")),
                installs(Document.object(tree, "installs")),
                damaged);
    }

    /** What is said once, read first: another format may mean other things by its maps. */
    private static Struct head(Struct tree) {
        return tree.toBuilder()
                .removeFields("pools")
                .removeFields("external")
                .removeFields("blocks")
                .removeFields("installs")
                .build();
    }

    private static PoolSet pools(Struct tree, long revision) throws InvalidProtocolBufferException {
        var pools = new LinkedHashMap<String, StoredPool>();
        for (var entry : Document.object(tree, "pools").getFieldsMap().entrySet()) {
            var wire = PoolRecord.newBuilder();
            StoredPool pool = RecordWire.read(fill(entry.getValue(), wire).build());
            check(entry.getKey(), pool.pool().name());
            pools.put(entry.getKey(), pool);
        }
        var external = new LinkedHashMap<String, ExternalRange>();
        for (var entry : Document.object(tree, "external").getFieldsMap().entrySet()) {
            var wire = io.croft.proto.v1.ExternalRange.newBuilder();
            ExternalRange range = RecordWire.read(fill(entry.getValue(), wire).build());
            check(entry.getKey(), range.name());
            external.put(entry.getKey(), range);
        }
        checkOverlap(pools);
        return new PoolSet(revision, pools, external);
    }

    private static void check(String key, String name) throws InvalidProtocolBufferException {
        if (!key.equals(name)) {
            throw new InvalidProtocolBufferException(
                    "\"%s\" stands under the name \"%s\"".formatted(name, key));
        }
    }

    private static void checkOverlap(Map<String, StoredPool> pools)
            throws InvalidProtocolBufferException {
        var byRange = new TreeMap<Cidr, String>();
        for (StoredPool stored : pools.values()) {
            Cidr cidr = stored.pool().cidr();
            var before = byRange.floorEntry(cidr);
            var after = byRange.ceilingEntry(cidr);
            if ((before != null && before.getKey().overlaps(cidr))
                    || (after != null && after.getKey().overlaps(cidr))) {
                throw new InvalidProtocolBufferException(
                        "pool \"%s\" %s overlaps another".formatted(stored.pool().name(), cidr));
            }
            byRange.put(cidr, stored.pool().name());
        }
    }

    private Map<BlockId, BlockOwner> blocks(Struct all) {
        var blocks = new LinkedHashMap<BlockId, BlockOwner>();
        all.getFieldsMap()
                .forEach((key, value) -> {
                    try {
                        blocks.put(AddressWire.block("blocks", key), owner(key, value));
                    } catch (RejectedException e) {
                        damaged.add(e.rejection().message());
                    } catch (RuntimeException e) {
                        damaged.add("block %s is passed over: %s".formatted(key, e.getMessage()));
                    }
                });
        return blocks;
    }

    private BlockOwner owner(String key, Value value) {
        try {
            return RecordWire.read(fill(value, BlockRecord.newBuilder()).build());
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            damaged.add("block %s is skipped as taken: %s".formatted(key, e.getMessage()));
            return UNREADABLE;
        }
    }

    private static Map<UUID, Install> installs(Struct all) throws InvalidProtocolBufferException {
        var installs = new LinkedHashMap<UUID, Install>();
        for (var entry : all.getFieldsMap().entrySet()) {
            Install install =
                    RecordWire.read(fill(entry.getValue(), InstallRecord.newBuilder()).build());
            check(entry.getKey(), install.id().toString());
            installs.put(install.id(), install);
        }
        return installs;
    }

    private static <B extends Message.Builder> B fill(Value value, B into)
            throws InvalidProtocolBufferException {
        if (!value.hasStructValue()) {
            throw new InvalidProtocolBufferException("a record is no object");
        }
        StoredJson.read(value.getStructValue(), into);
        return into;
    }
}
