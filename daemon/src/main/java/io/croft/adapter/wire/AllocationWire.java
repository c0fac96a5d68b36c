package io.croft.adapter.wire;

import com.google.protobuf.Timestamp;
import io.croft.core.address.Address;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.Workload;
import io.croft.core.netns.Netns;
import io.croft.core.netns.SeenNetns;
import io.croft.core.pool.Pool;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.AllocatedAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Allocations, and the attachments and workloads that they belong to, as messages of {@code
 * croft.v1}. What a caller wrote wrongly is refused with a {@link
 * io.croft.core.rejection.RejectedException} that names the field.
 */
public final class AllocationWire {
    /** Longest name of a Kubernetes object. */
    private static final int LONGEST_NAME = 253;

    private static final int LONGEST_UID = 128;

    /** PATH_MAX. */
    private static final int LONGEST_PATH = 4096;

    private AllocationWire() {}

    /** In the result form of each address's pool, which stand in the order of the addresses. */
    public static io.croft.proto.v1.Allocation write(Allocation allocation, List<Pool> pools) {
        var wire =
                io.croft.proto.v1.Allocation.newBuilder()
                        .setAttachment(write(allocation.attachment()))
                        .setSequence(allocation.sequence())
                        .setWorkload(write(allocation.workload()))
                        .setCreateTime(write(allocation.since()));
        for (int i = 0; i < pools.size(); i++) {
            wire.addAddresses(write(allocation.addresses().get(i).address(), pools.get(i)));
        }
        return wire.build();
    }

    private static AllocatedAddress write(Address address, Pool pool) {
        var wire =
                AllocatedAddress.newBuilder()
                        .setAddress(address.toString())
                        .setPrefixLength(pool.form().prefixIn(pool.cidr()))
                        .setPool(pool.name());
        pool.form().gateway().ifPresent(gateway -> wire.setGateway(gateway.toString()));
        pool.form().routesIn(pool.cidr()).forEach(route -> wire.addRoutes(PoolWire.write(route)));
        return wire.build();
    }

    public static io.croft.proto.v1.Attachment write(Attachment attachment) {
        return io.croft.proto.v1.Attachment.newBuilder()
                .setNetwork(attachment.network())
                .setContainerId(attachment.containerId())
                .setInterfaceName(attachment.ifName())
                .build();
    }

    public static Attachment read(io.croft.proto.v1.Attachment wire) {
        return new Attachment(wire.getNetwork(), wire.getContainerId(), wire.getInterfaceName());
    }

    public static io.croft.proto.v1.Workload write(Workload workload) {
        var wire =
                io.croft.proto.v1.Workload.newBuilder()
                        .setNamespace(workload.namespace())
                        .setPod(workload.pod())
                        .setUid(workload.uid());
        workload.netns().ifPresent(seen -> wire.setNetns(write(seen.netns())));
        return wire.build();
    }

    /**
     * Who the addresses are for; a namespace counts as witnessed when it is seen now.
     *
     * @param seen whether that very namespace is at its path
     */
    public static Workload read(io.croft.proto.v1.Workload wire, Predicate<Netns> seen) {
        Optional<Netns> netns =
                wire.hasNetns() ? Optional.of(read(wire.getNetns())) : Optional.empty();
        return new Workload(
                atMost(LONGEST_NAME, "workload.namespace", wire.getNamespace()),
                atMost(LONGEST_NAME, "workload.pod", wire.getPod()),
                atMost(LONGEST_UID, "workload.uid", wire.getUid()),
                netns.map(named -> new SeenNetns(named, named.isKnown() && seen.test(named))));
    }

    public static io.croft.proto.v1.Netns write(Netns netns) {
        return io.croft.proto.v1.Netns.newBuilder()
                .setPath(netns.path())
                .setDevice(netns.device())
                .setInode(netns.inode())
                .build();
    }

    private static Netns read(io.croft.proto.v1.Netns wire) {
        String path = atMost(LONGEST_PATH, "workload.netns.path", wire.getPath());
        return new Netns(path, wire.getDevice(), wire.getInode());
    }

    public static Timestamp write(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    private static String atMost(int most, String field, String value) {
        if (value.length() > most) {
            throw Rejection.invalid(
                            field,
                            value.substring(0, 64) + "...",
                            "at most " + most + " characters")
                    .asException();
        }
        return value;
    }
}
