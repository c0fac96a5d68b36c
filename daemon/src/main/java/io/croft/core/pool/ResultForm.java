package io.croft.core.pool;

import io.croft.core.address.Address;
import io.croft.core.address.Cidr;
import io.croft.core.rejection.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a result of one pool looks: prefix length, gateway, routes.
 *
 * @param gateway as the operator set it; mode gateway has one always, if its range has two
 *     addresses
 * @param routes as the operator set them, without the default route that mode gateway adds
 */
public record ResultForm(PoolMode mode, Optional<Address> gateway, List<Route> routes) {
    public ResultForm {
        routes = List.copyOf(routes);
    }

    /**
     * The form for a pool of that range: checked against it, and with mode gateway's own gateway
     * filled in.
     */
    ResultForm in(Cidr range) {
        gateway.ifPresent(address -> {
            if (!range.contains(address)) {
                throw Rejection.invalid(
                                "gateway",
                                address.toString(),
                                "must lie in the pool's range " + range)
                        .asException();
            }
        });
        if (mode == PoolMode.ROUTED && (gateway.isPresent() || !routes.isEmpty())) {
            throw Rejection.invalid(
                            "mode", "routed", "a routed pool gives neither gateway nor routes")
                    .remedy("leave gateway and routes out, or use mode gateway or l2")
                    .asException();
        }
        for (Route route : routes) {
            boolean mixed = route.gateway().filter(a -> a.family() != range.family()).isPresent();
            if (mixed || route.destination().family() != range.family()) {
                throw Rejection.invalid(
                                "route",
                                route.destination().toString(),
                                "must be of the pool's family")
                        .asException();
            }
        }
        // A range of one address has no room for a gateway and yields nothing; the set of pools
        // says so.
        return mode == PoolMode.GATEWAY && gateway.isEmpty() && range.size() > 1
                ? new ResultForm(mode, Optional.of(range.first().plus(1)), routes)
                : this;
    }

    /** Prefix length of a result. */
    public int prefixIn(Cidr range) {
        return mode == PoolMode.ROUTED ? range.family().bits() : range.prefix();
    }

    /**
     * All routes of a result. The default route names its gateway: bridge's isDefaultGateway fails
     * without.
     */
    public List<Route> routesIn(Cidr range) {
        Cidr everything = Cidr.around(range.first(), 0);
        if (mode != PoolMode.GATEWAY
                || routes.stream().anyMatch(r -> r.destination().equals(everything))) {
            return routes;
        }
        var all = new ArrayList<Route>();
        all.add(new Route(everything, gateway));
        all.addAll(routes);
        return List.copyOf(all);
    }
}
