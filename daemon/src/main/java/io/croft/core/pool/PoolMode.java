package io.croft.core.pool;

import java.util.Set;

/**
 * In which form a pool's addresses are given to pods, and which main plugins can work with that
 * form.
 */
public enum PoolMode {
    /** The pool's prefix, one gateway on every node and a default route through it. */
    GATEWAY,
    /** A /32 or /128 without gateway and routes, for callers that bring their own routing. */
    ROUTED,
    /** The pool's prefix; gateway and routes only where set. */
    L2;

    /**
     * Takes the network's first address for its bridge where no gateway is named, and asks nobody.
     */
    private static final String BRIDGE_AS_GATEWAY = "bridge with isGateway";

    private static final Set<String> NEED_A_PREFIX =
            Set.of(
                    "bridge",
                    BRIDGE_AS_GATEWAY,
                    "ptp",
                    "macvlan",
                    "ipvlan",
                    "vlan",
                    "tap",
                    "host-device",
                    "weave-net");
    private static final Set<String> NEED_A_GATEWAY = Set.of(BRIDGE_AS_GATEWAY, "ptp", "weave-net");

    /**
     * Whether a main plugin of that type can configure a result of this mode; plugins nobody knows
     * can.
     */
    public boolean worksWith(String plugin, boolean hasGateway) {
        return switch (this) {
            case GATEWAY -> true;
            case ROUTED -> !NEED_A_PREFIX.contains(plugin);
            case L2 -> hasGateway || !NEED_A_GATEWAY.contains(plugin);
        };
    }
}
