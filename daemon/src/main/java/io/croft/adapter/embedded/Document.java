package io.croft.adapter.embedded;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Values;
import io.croft.adapter.wire.AddressWire;
import io.croft.adapter.wire.RecordWire;
import io.croft.adapter.wire.StoredJson;
import io.croft.core.block.BlockId;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.Install;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The whole content of {@code store.json}: the tree as it was read, and what this version
 * understands of it. A value: a change is another document, which holds in its tree all that this
 * version does not know.
 *
 * @param damaged what was skipped, in words for people
 */
record Document(
        Struct tree,
        UUID cluster,
        long generation,
        PoolSet pools,
        Map<BlockId, BlockOwner> blocks,
        Map<UUID, Install> installs,
        List<String> damaged) {
    static final int FORMAT = 1;

    Document {
        blocks = Map.copyOf(blocks);
        installs = Map.copyOf(installs);
        damaged = List.copyOf(damaged);
    }

    /** The store that nobody has used. */
    static Document empty(UUID cluster) {
        long generation = 1;
        Struct tree =
                Struct.newBuilder()
                        .putFields("format", Values.of(FORMAT))
                        .putFields("clusterUid", Values.of(cluster.toString()))
                        .putFields("generation", Values.of(Long.toString(generation)))
                        .build();
        return new Document(
                tree, cluster, generation, PoolSet.EMPTY, Map.of(), Map.of(), List.of());
    }

    byte[] bytes() {
        try {
            return StoredJson.text(tree).getBytes(StandardCharsets.UTF_8);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a tree that cannot be written", e);
        }
    }

    /** How often the file was written; what a copy that was put back falls behind in. */
    long writes() {
        try {
            return Long.parseLong(
                    tree.getFieldsOrDefault("writes", Value.getDefaultInstance()).getStringValue());
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    Document counted(long writes) {
        Struct changed =
                tree.toBuilder().putFields("writes", Values.of(Long.toString(writes))).build();
        return new Document(changed, cluster, generation, pools, blocks, installs, damaged);
    }

    Optional<BlockOwner> owner(BlockId block) {
        return Optional.ofNullable(blocks.get(block));
    }

    Optional<Install> install(UUID id) {
        return Optional.ofNullable(installs.get(id));
    }

    Document with(BlockId block, BlockOwner owner) {
        var all = new LinkedHashMap<>(blocks);
        all.put(block, owner);
        Struct old = object(tree, "blocks");
        Struct next = put(old, AddressWire.key(block), RecordWire.write(owner));
        return new Document(
                put(tree, "blocks", next), cluster, generation, pools, all, installs, damaged);
    }

    Document with(Install install, Instant registered) {
        var all = new LinkedHashMap<>(installs);
        all.put(install.id(), install);
        Struct old = object(tree, "installs");
        Struct next = put(old, install.id().toString(), RecordWire.write(install, registered));
        return new Document(
                put(tree, "installs", next), cluster, generation, pools, blocks, all, damaged);
    }

    Document without(UUID install) {
        var all = new LinkedHashMap<>(installs);
        all.remove(install);
        Struct left = object(tree, "installs").toBuilder().removeFields(install.toString()).build();
        return new Document(
                tree.toBuilder().putFields("installs", Values.of(left)).build(),
                cluster,
                generation,
                pools,
                blocks,
                all,
                damaged);
    }

    /** With other pools; the records of those that are gone go with them. */
    Document with(PoolSet next) {
        var kept = new LinkedHashMap<>(blocks);
        kept.keySet().removeIf(block -> next.find(block.pool()).isEmpty());
        Struct changed = put(tree, "pools", pools(next));
        changed = put(changed, "external", external(next));
        changed = put(changed, "blocks", records(next));
        changed =
                changed.toBuilder()
                        .putFields("poolSet", Values.of(Long.toString(next.revision())))
                        .build();
        return new Document(changed, cluster, generation, next, kept, installs, damaged);
    }

    private Struct pools(PoolSet next) {
        Struct old = object(tree, "pools");
        Struct all = Struct.getDefaultInstance();
        for (StoredPool pool : next.pools().values()) {
            String name = pool.pool().name();
            boolean same =
                    Optional.ofNullable(pools.pools().get(name))
                            .filter(before -> before.pool().id().equals(pool.pool().id()))
                            .isPresent();
            Struct before = same ? object(old, name) : Struct.getDefaultInstance();
            all = put(all, name, overlay(before, RecordWire.write(pool)));
        }
        return all;
    }

    private Struct external(PoolSet next) {
        Struct old = object(tree, "external");
        Struct all = Struct.getDefaultInstance();
        for (ExternalRange range : next.external().values()) {
            all =
                    put(
                            all,
                            range.name(),
                            overlay(object(old, range.name()), RecordWire.write(range)));
        }
        return all;
    }

    /** Records of pools that are gone would only grow the file: their ids never come again. */
    private Struct records(PoolSet next) {
        var gone =
                pools.pools().values().stream()
                        .map(stored -> stored.pool().id())
                        .filter(id -> next.find(id).isEmpty())
                        .map(PoolId::toString)
                        .collect(Collectors.toSet());
        var kept = object(tree, "blocks").toBuilder();
        for (String key : List.copyOf(kept.getFieldsMap().keySet())) {
            if (gone.contains(key.substring(0, Math.max(0, key.indexOf('/'))))) {
                kept.removeFields(key);
            }
        }
        return kept.build();
    }

    static Struct object(Struct in, String key) {
        return in.getFieldsOrDefault(key, Value.getDefaultInstance()).getStructValue();
    }

    private static Struct put(Struct in, String key, Struct value) {
        return in.toBuilder().putFields(key, StoredJson.of(value)).build();
    }

    private static Struct put(Struct in, String key, Message message) {
        return put(in, key, overlay(object(in, key), message));
    }

    private static Struct overlay(Struct old, Message message) {
        try {
            return StoredJson.overlay(old, message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a record that cannot be written", e);
        }
    }
}
