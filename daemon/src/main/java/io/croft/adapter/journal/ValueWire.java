package io.croft.adapter.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.croft.adapter.wire.AddressWire;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.Workload;
import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.engine.Event;
import io.croft.core.netns.Netns;
import io.croft.core.netns.SeenNetns;
import io.croft.core.pool.PoolId;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.proto.journal.v1.Allocated;
import io.croft.proto.journal.v1.OwnershipToken;
import io.croft.proto.journal.v1.Renewed;
import io.croft.proto.journal.v1.StoreCompared;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The values inside events as the journal writes them, and back. */
final class ValueWire {
    private ValueWire() {}

    static Moment moment(io.croft.proto.journal.v1.Moment wire) {
        return new Moment(new BootTime(wire.getBootNanos()), instant(wire.getWall()));
    }

    static PoolId pool(ByteString uid) {
        return new PoolId(AddressWire.uuid(uid));
    }

    static io.croft.proto.journal.v1.Moment moment(Moment at) {
        return io.croft.proto.journal.v1.Moment.newBuilder()
                .setBootNanos(at.boot().nanos())
                .setWall(timestamp(at.wall()))
                .build();
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    static Instant instant(Timestamp wire) {
        try {
            return Instant.ofEpochSecond(wire.getSeconds(), wire.getNanos());
        } catch (DateTimeException | ArithmeticException tooFar) {
            throw new IllegalArgumentException("time " + wire.getSeconds(), tooFar);
        }
    }

    static OwnershipToken token(Token token) {
        return OwnershipToken.newBuilder()
                .setGeneration(token.generation())
                .setEpoch(token.epoch())
                .setNonce(AddressWire.bytes(token.nonce()))
                .build();
    }

    static Token token(OwnershipToken wire) {
        return new Token(wire.getGeneration(), wire.getEpoch(), AddressWire.uuid(wire.getNonce()));
    }

    static io.croft.proto.v1.Attachment attachment(Attachment attachment) {
        return io.croft.proto.v1.Attachment.newBuilder()
                .setNetwork(attachment.network())
                .setContainerId(attachment.containerId())
                .setInterfaceName(attachment.ifName())
                .build();
    }

    static Attachment attachment(io.croft.proto.v1.Attachment wire) {
        return new Attachment(wire.getNetwork(), wire.getContainerId(), wire.getInterfaceName());
    }

    static io.croft.proto.journal.v1.BlockAddress address(BlockAddress address) {
        return address(address.block(), address.ordinal());
    }

    static io.croft.proto.journal.v1.BlockAddress address(BlockId block, int ordinal) {
        return io.croft.proto.journal.v1.BlockAddress.newBuilder()
                .setBlock(AddressWire.ref(block))
                .setOrdinal(ordinal)
                .build();
    }

    static BlockAddress address(io.croft.proto.journal.v1.BlockAddress wire) {
        return new BlockAddress(AddressWire.block(wire.getBlock()), wire.getOrdinal());
    }

    static io.croft.proto.journal.v1.SeenNetns netns(SeenNetns seen) {
        return io.croft.proto.journal.v1.SeenNetns.newBuilder()
                .setNetns(
                        io.croft.proto.v1.Netns.newBuilder()
                                .setPath(seen.netns().path())
                                .setDevice(seen.netns().device())
                                .setInode(seen.netns().inode()))
                .setWitnessed(seen.witnessed())
                .build();
    }

    static SeenNetns netns(io.croft.proto.journal.v1.SeenNetns wire) {
        var netns =
                new Netns(
                        wire.getNetns().getPath(),
                        wire.getNetns().getDevice(),
                        wire.getNetns().getInode());
        return new SeenNetns(netns, wire.getWitnessed());
    }

    static Allocated allocated(Allocation allocation) {
        Workload workload = allocation.workload();
        var wire =
                Allocated.newBuilder()
                        .setAttachment(attachment(allocation.attachment()))
                        .setSequence(allocation.sequence())
                        .setBegan(allocation.began().nanos())
                        .setShared(allocation.shared())
                        .setNamespace(workload.namespace())
                        .setPod(workload.pod())
                        .setUid(workload.uid())
                        .setSince(timestamp(allocation.since()));
        allocation.addresses().forEach(address -> wire.addAddresses(address(address)));
        workload.netns().ifPresent(netns -> wire.setNetns(netns(netns)));
        return wire.build();
    }

    static Allocation allocated(Allocated wire) {
        Optional<SeenNetns> netns =
                wire.hasNetns() ? Optional.of(netns(wire.getNetns())) : Optional.empty();
        return new Allocation(
                attachment(wire.getAttachment()),
                wire.getSequence(),
                new BootTime(wire.getBegan()),
                wire.getShared(),
                wire.getAddressesList().stream().map(ValueWire::address).toList(),
                new Workload(wire.getNamespace(), wire.getPod(), wire.getUid(), netns),
                instant(wire.getSince()));
    }

    static Renewed renewed(Event.Renewed event) {
        Workload workload = event.workload();
        var wire =
                Renewed.newBuilder()
                        .setAttachment(attachment(event.attachment()))
                        .setSequence(event.sequence())
                        .setBegan(event.began().nanos())
                        .setNamespace(workload.namespace())
                        .setPod(workload.pod())
                        .setUid(workload.uid());
        workload.netns().ifPresent(netns -> wire.setNetns(netns(netns)));
        return wire.build();
    }

    static Event.Renewed renewed(Renewed wire) {
        Optional<SeenNetns> netns =
                wire.hasNetns() ? Optional.of(netns(wire.getNetns())) : Optional.empty();
        return new Event.Renewed(
                attachment(wire.getAttachment()),
                wire.getSequence(),
                new BootTime(wire.getBegan()),
                new Workload(wire.getNamespace(), wire.getPod(), wire.getUid(), netns));
    }

    static StoreCompared compared(long generation, Optional<UUID> boot) {
        return StoreCompared.newBuilder()
                .setGeneration(generation)
                .setBootId(boot.map(UUID::toString).orElse(""))
                .build();
    }

    static Event.StoreCompared compared(StoreCompared wire) {
        return new Event.StoreCompared(
                wire.getGeneration(),
                wire.getBootId().isEmpty()
                        ? Optional.empty()
                        : Optional.of(AddressWire.uuid("boot_id", wire.getBootId())));
    }
}
