package io.croft.adapter.wire;

import com.google.protobuf.util.Timestamps;
import io.croft.core.address.Cidr;
import io.croft.core.block.Token;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.Install;
import io.croft.proto.store.v1.BlockRecord;
import io.croft.proto.store.v1.InstallRecord;
import io.croft.proto.store.v1.OwnershipToken;
import io.croft.proto.store.v1.PoolRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The records of a store and their values. A bad record is refused with a {@link
 * io.croft.core.rejection.RejectedException} that names the field.
 */
public final class RecordWire {
    /** One more than the largest of a number that only rises: the next one must not overflow. */
    private static final long BOUND = 1L << 62;

    private RecordWire() {}

    /** Whether a number that only rises can have come from here. */
    public static boolean isCounter(long value) {
        return value >= 0 && value < BOUND;
    }

    /** A number that only rises, from outside; refuses another. */
    public static long counter(String field, long value) {
        if (!isCounter(value)) {
            throw Rejection.invalid(field, Long.toString(value), "must be 0 to 2^62 - 1")
                    .asException();
        }
        return value;
    }

    public static BlockRecord write(BlockOwner owner) {
        return BlockRecord.newBuilder()
                .setInstallId(owner.install().map(UUID::toString).orElse(""))
                .setNode(owner.node())
                .setToken(
                        OwnershipToken.newBuilder()
                                .setGeneration(owner.token().generation())
                                .setEpoch(owner.token().epoch())
                                .setNonce(owner.token().nonce().toString()))
                .build();
    }

    public static BlockOwner read(BlockRecord wire) {
        Optional<UUID> install =
                wire.getInstallId().isEmpty()
                        ? Optional.empty()
                        : Optional.of(AddressWire.uuid("installId", wire.getInstallId()));
        OwnershipToken token = wire.getToken();
        return new BlockOwner(
                install,
                wire.getNode(),
                new Token(
                        counter("generation", token.getGeneration()),
                        counter("epoch", token.getEpoch()),
                        AddressWire.uuid("nonce", token.getNonce())));
    }

    public static InstallRecord write(Install install, Instant registered) {
        return InstallRecord.newBuilder()
                .setInstallId(install.id().toString())
                .setNode(install.node())
                .setHardwareId(install.hardwareId())
                .setMachineId(install.machineId())
                .setBootId(install.bootId().toString())
                .setIncarnation(install.incarnation())
                .setNonce(install.nonce().toString())
                .setVersion(install.version())
                .setRegistered(Timestamps.fromMillis(registered.toEpochMilli()))
                .build();
    }

    public static Install read(InstallRecord wire) {
        return new Install(
                AddressWire.uuid("installId", wire.getInstallId()),
                wire.getNode(),
                wire.getHardwareId(),
                wire.getMachineId(),
                AddressWire.uuid("bootId", wire.getBootId()),
                counter("incarnation", wire.getIncarnation()),
                AddressWire.uuid("nonce", wire.getNonce()),
                wire.getVersion());
    }

    public static PoolRecord write(StoredPool stored) {
        return PoolRecord.newBuilder()
                .setPool(PoolWire.write(stored.pool()).toBuilder().setEtag(stored.etag()))
                .setSpan(stored.span())
                .build();
    }

    public static StoredPool read(PoolRecord wire) {
        String etag = wire.getPool().getEtag();
        long version;
        try {
            version = Long.parseLong(etag);
        } catch (NumberFormatException e) {
            throw Rejection.invalid("etag", etag, "not a number").asException();
        }
        return new StoredPool(PoolWire.read(wire.getPool()), version, Math.max(1, wire.getSpan()));
    }

    public static io.croft.proto.v1.ExternalRange write(ExternalRange range) {
        return io.croft.proto.v1.ExternalRange.newBuilder()
                .setName(range.name())
                .setCidr(range.cidr().toString())
                .setDescription(range.description())
                .build();
    }

    public static ExternalRange read(io.croft.proto.v1.ExternalRange wire) {
        return new ExternalRange(
                wire.getName(), Cidr.parse("cidr", wire.getCidr()), wire.getDescription());
    }
}
