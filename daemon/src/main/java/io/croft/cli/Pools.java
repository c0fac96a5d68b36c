package io.croft.cli;

import io.croft.proto.v1.Pool;
import io.croft.proto.v1.PoolMode;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.PoolState;
import io.croft.proto.v1.Route;
import java.util.List;
import java.util.Locale;

/** Pools for people. */
final class Pools {
    private Pools() {}

    static Table<Pool> table() {
        return new Table<Pool>()
                .column("NAME", Pool::getName)
                .column("CIDR", pool -> pool.getSpec().getCidr())
                .column("MODE", pool -> mode(pool.getSpec().getMode()))
                .column("STATE", pool -> state(pool.getState()))
                .column("FOR", Pools::whom)
                .column("BLOCKS", pool -> Integer.toString(pool.getUsage().getOwnedBlocks()))
                .column("HELD", pool -> Integer.toString(pool.getUsage().getHeld()))
                .column("RESTING", pool -> Integer.toString(pool.getUsage().getResting()))
                .column("FREE", pool -> Integer.toString(pool.getUsage().getFree()));
    }

    static String text(Pool pool) {
        PoolSpec spec = pool.getSpec();
        var usage = pool.getUsage();
        return new Facts()
                .add("name", pool.getName())
                .add("cidr", spec.getCidr())
                .add("mode", mode(spec.getMode()))
                .add("state", state(pool.getState()))
                .add("for", whom(pool))
                .add("nodes", String.join(", ", spec.getNodesList()))
                .add("gateway", spec.getGateway())
                .add("routes", routes(spec.getRoutesList()))
                .add("reserved", String.join(", ", spec.getReservedList()))
                .add("priority", spec.getPriority())
                .add("cooldown", Times.text(Times.of(spec.getCooldown())))
                .add("block size", "/" + spec.getBlockPrefixLength())
                .add("serves", nodes(pool))
                .add("capacity", count(usage.getCapacity()) + " addresses")
                .add("on this node", onNode(pool))
                .add("description", spec.getDescription())
                .add("uid", pool.getUid())
                .add("etag", pool.getEtag())
                .text();
    }

    private static String nodes(Pool pool) {
        int most = pool.getSpec().getMaxBlocksPerNode();
        String limit = most == 0 ? "" : ", at most %s each".formatted(Words.count(most, "block"));
        // A block with nothing to give is never claimed.
        long capacity = pool.getUsage().getCapacity();
        long blocks = pool.getUsage().getBlocks();
        long nodes = Long.compareUnsigned(capacity, blocks) < 0 ? capacity : blocks;
        return "at most " + count(nodes) + (nodes == 1 ? " node" : " nodes") + limit;
    }

    private static String onNode(Pool pool) {
        var usage = pool.getUsage();
        return "%s; %d held, %d resting, %d reserved, %d free"
                .formatted(
                        Words.count(usage.getOwnedBlocks(), "block"),
                        usage.getHeld(),
                        usage.getResting(),
                        usage.getReserved(),
                        usage.getFree());
    }

    /** What is more than a long says is said as that. */
    private static String count(long unsigned) {
        return unsigned < 0 || unsigned == Long.MAX_VALUE
                ? "more than 2^63"
                : Long.toString(unsigned);
    }

    private static String whom(Pool pool) {
        PoolSpec spec = pool.getSpec();
        if (spec.getIsDefault()) {
            return "default";
        }
        return spec.getNamespacesCount() == 0
                ? "by name"
                : String.join(",", spec.getNamespacesList());
    }

    private static String routes(List<Route> routes) {
        return String.join(
                ", ",
                routes.stream()
                        .map(r ->
                                r.getDestination()
                                        + (r.getGateway().isEmpty()
                                                ? ""
                                                : " via " + r.getGateway()))
                        .toList());
    }

    static String mode(PoolMode mode) {
        return word(mode.name(), "POOL_MODE_");
    }

    static String state(PoolState state) {
        return word(state.name(), "POOL_STATE_");
    }

    /** A value of an enum as people write it. */
    static String word(String name, String prefix) {
        return name.substring(prefix.length()).toLowerCase(Locale.ROOT);
    }
}
