package io.croft.core.pool;

import java.util.Set;

/**
 * In which form a pool's addresses are given to pods, and which main plugins can work with that
 * form.
 */
public enum PoolMode {
    /** The pool's prefix, one gateway on every node and a default route through it. */
    GATEWAY(Set.of()),
    /** A /32 or /128 without gateway and routes, for callers that bring their own routing. */
    ROUTED(Set.of("bridge", "ptp", "macvlan", "ipvlan", "vlan", "tap", "host-device", "weave-net")),
    /**
     * The pool's prefix; gateway and routes only where set. Refused to plugins that need a gateway
     * when it has none.
     */
    L2(Set.of());

    private static final Set<String> NEED_GATEWAY = Set.of("ptp", "weave-net");

    private final Set<String> refused;

    PoolMode(Set<String> refused) {
        this.refused = refused;
    }

    /**
     * Whether a main plugin of that type can configure a result of this mode; plugins nobody knows
     * can.
     */
    public boolean worksWith(String plugin, boolean hasGateway) {
        return !refused.contains(plugin)
                && (hasGateway || this != L2 || !NEED_GATEWAY.contains(plugin));
    }
}
