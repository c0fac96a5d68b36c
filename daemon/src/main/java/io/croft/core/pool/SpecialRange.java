package io.croft.core.pool;

import io.croft.core.address.Cidr;
import java.util.List;
import java.util.Optional;

/**
 * A range that no interface of a pod can use, by the registries of special-purpose addresses (RFC
 * 6890).
 */
record SpecialRange(Cidr cidr, String use) {
    private static final List<SpecialRange> ALL =
            List.of(
                    of("0.0.0.0/8", "this network"),
                    of("127.0.0.0/8", "loopback"),
                    of("169.254.0.0/16", "link-local"),
                    of("224.0.0.0/4", "multicast"),
                    of("::1/128", "loopback"),
                    of("fe80::/10", "link-local"),
                    of("ff00::/8", "multicast"));

    private static SpecialRange of(String cidr, String use) {
        return new SpecialRange(Cidr.parse("cidr", cidr), use);
    }

    /** The first of them that shares an address with the range. */
    static Optional<SpecialRange> in(Cidr range) {
        return ALL.stream().filter(each -> each.cidr.overlaps(range)).findFirst();
    }

    @Override
    public String toString() {
        return "%s (%s)".formatted(cidr, use);
    }
}
