package io.croft.core.pool;

import io.croft.core.address.Cidr;

/**
 * A range that others use: nodes, services, tunnels, routers, other clusters. No pool may overlap
 * it.
 */
public record ExternalRange(String name, Cidr cidr, String description) {
    public ExternalRange {
        Names.check("name", name);
        Names.checkDescription(description);
    }
}
