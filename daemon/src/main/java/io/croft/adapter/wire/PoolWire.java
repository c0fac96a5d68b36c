package io.croft.adapter.wire;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.croft.core.address.Address;
import io.croft.core.address.AddressRange;
import io.croft.core.address.Cidr;
import io.croft.core.pool.Access;
import io.croft.core.pool.Cooldown;
import io.croft.core.pool.Glob;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolMode;
import io.croft.core.pool.PoolState;
import io.croft.core.pool.Reserved;
import io.croft.core.pool.ResultForm;
import io.croft.core.pool.Route;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.PoolSpec;
import java.util.List;
import java.util.Optional;

/**
 * A pool in its one written form, {@code croft.v1.PoolSpec}: that of the API, of stores, of the
 * journal and of YAML. What a spec leaves out gets its default; what it says wrongly is refused
 * with a {@link io.croft.core.rejection.RejectedException} that names the field.
 */
public final class PoolWire {
    private PoolWire() {}

    /** Name, uid, spec and state; usage and etag are the caller's to add. */
    public static io.croft.proto.v1.Pool write(Pool pool) {
        return io.croft.proto.v1.Pool.newBuilder()
                .setName(pool.name())
                .setUid(pool.id().toString())
                .setSpec(spec(pool))
                .setState(state(pool.state()))
                .build();
    }

    /** A pool that was written whole: its uid and state are its own. */
    public static Pool read(io.croft.proto.v1.Pool wire) {
        var id = new PoolId(AddressWire.uuid("uid", wire.getUid()));
        return read(id, wire.getName(), state(wire.getState()), wire.getSpec());
    }

    /** A pool from what an operator says of it. */
    public static Pool read(PoolId id, String name, PoolState state, PoolSpec spec) {
        return new Pool(
                id,
                name,
                Cidr.parse("cidr", spec.getCidr()),
                spec.getBlockPrefixLength(),
                state,
                form(spec),
                access(spec),
                reserved(spec),
                cooldown(spec),
                spec.getMaxBlocksPerNode(),
                spec.getDescription());
    }

    /** A pool with other rules. What never changes may be left out of them; state and id stay. */
    public static Pool changed(Pool old, PoolSpec wanted) {
        PoolSpec before = spec(old);
        PoolSpec.Builder spec = wanted.toBuilder();
        if (spec.getCidr().isEmpty()) {
            spec.setCidr(before.getCidr());
        }
        if (spec.getMode() == io.croft.proto.v1.PoolMode.POOL_MODE_UNSPECIFIED) {
            spec.setMode(before.getMode());
        }
        boolean here = Cidr.parse("cidr", spec.getCidr()).equals(old.cidr());
        // What belongs to another range or mode would be refused in its place.
        if (here && spec.getBlockPrefixLength() == Pool.DEFAULT_BLOCK_SIZE) {
            spec.setBlockPrefixLength(before.getBlockPrefixLength());
        }
        if (here && spec.getMode() == before.getMode() && spec.getGateway().isEmpty()) {
            spec.setGateway(before.getGateway());
        }
        return read(old.id(), old.name(), old.state(), spec.build());
    }

    /** What an operator would have to say for that pool, defaults filled in. */
    public static PoolSpec spec(Pool pool) {
        var spec =
                PoolSpec.newBuilder()
                        .setCidr(pool.cidr().toString())
                        .setBlockPrefixLength(pool.blockPrefix())
                        .setMode(mode(pool.form().mode()))
                        .setIsDefault(pool.access().byDefault())
                        .setPriority(pool.access().priority())
                        .setCooldown(duration(pool.cooldown().time()))
                        .setMaxBlocksPerNode(pool.maxBlocks())
                        .setDescription(pool.description());
        pool.form().gateway().ifPresent(gateway -> spec.setGateway(gateway.toString()));
        pool.form().routes().forEach(route -> spec.addRoutes(write(route)));
        pool.reserved().ranges().forEach(range -> spec.addReserved(range.toString()));
        pool.access().namespaces().forEach(glob -> spec.addNamespaces(glob.text()));
        pool.access().nodes().forEach(glob -> spec.addNodes(glob.text()));
        return spec.build();
    }

    public static io.croft.proto.v1.Route write(Route route) {
        return io.croft.proto.v1.Route.newBuilder()
                .setDestination(route.destination().toString())
                .setGateway(route.gateway().map(Address::toString).orElse(""))
                .build();
    }

    public static io.croft.proto.v1.PoolState state(PoolState state) {
        return switch (state) {
            case ACTIVE -> io.croft.proto.v1.PoolState.POOL_STATE_ACTIVE;
            case PAUSED -> io.croft.proto.v1.PoolState.POOL_STATE_PAUSED;
            case DRAINING -> io.croft.proto.v1.PoolState.POOL_STATE_DRAINING;
        };
    }

    private static PoolState state(io.croft.proto.v1.PoolState wire) {
        return switch (wire) {
            case POOL_STATE_ACTIVE -> PoolState.ACTIVE;
            case POOL_STATE_PAUSED -> PoolState.PAUSED;
            case POOL_STATE_DRAINING -> PoolState.DRAINING;
            case POOL_STATE_UNSPECIFIED, UNRECOGNIZED -> throw unknown("state", wire.name());
        };
    }

    private static io.croft.proto.v1.PoolMode mode(PoolMode mode) {
        return switch (mode) {
            case GATEWAY -> io.croft.proto.v1.PoolMode.POOL_MODE_GATEWAY;
            case ROUTED -> io.croft.proto.v1.PoolMode.POOL_MODE_ROUTED;
            case L2 -> io.croft.proto.v1.PoolMode.POOL_MODE_L2;
        };
    }

    private static PoolMode mode(PoolSpec spec) {
        return switch (spec.getMode()) {
            case POOL_MODE_UNSPECIFIED, POOL_MODE_GATEWAY -> PoolMode.GATEWAY;
            case POOL_MODE_ROUTED -> PoolMode.ROUTED;
            case POOL_MODE_L2 -> PoolMode.L2;
            case UNRECOGNIZED -> throw unknown("mode", Integer.toString(spec.getModeValue()));
        };
    }

    private static ResultForm form(PoolSpec spec) {
        List<Route> routes = spec.getRoutesList().stream().map(PoolWire::route).toList();
        return new ResultForm(mode(spec), address("gateway", spec.getGateway()), routes);
    }

    private static Route route(io.croft.proto.v1.Route wire) {
        return new Route(
                Cidr.parse("routes", wire.getDestination()), address("routes", wire.getGateway()));
    }

    private static Optional<Address> address(String field, String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(Address.parse(field, text));
    }

    private static Access access(PoolSpec spec) {
        return new Access(
                globs("namespaces", spec.getNamespacesList()),
                globs("nodes", spec.getNodesList()),
                spec.getIsDefault(),
                spec.getPriority());
    }

    private static List<Glob> globs(String field, List<String> texts) {
        return texts.stream().map(text -> Glob.parse(field, text)).toList();
    }

    private static Reserved reserved(PoolSpec spec) {
        return new Reserved(
                spec.getReservedList().stream()
                        .map(text -> AddressRange.parse("reserved", text))
                        .toList());
    }

    private static Cooldown cooldown(PoolSpec spec) {
        if (!spec.hasCooldown()) {
            return Cooldown.DEFAULT;
        }
        Duration wire = spec.getCooldown();
        if (!Durations.isValid(wire)) {
            throw unknown("cooldown", wire.getSeconds() + "s " + wire.getNanos() + "ns");
        }
        return new Cooldown(java.time.Duration.ofSeconds(wire.getSeconds(), wire.getNanos()));
    }

    private static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    private static RuntimeException unknown(String field, String value) {
        return Rejection.invalid(field, value, "not a value that this version knows").asException();
    }
}
