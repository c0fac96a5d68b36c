package io.croft.core.serving;

import io.croft.core.address.Address;
import io.croft.core.address.Family;
import io.croft.core.rejection.Rejection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a request asks for.
 *
 * @param pools names, in the order to try pools of one family; empty: the pools' rules choose
 * @param addresses exactly these, at most one of a family; a family without one is chosen as usual
 */
public record AddressWish(List<String> pools, List<Address> addresses) {
    public static final AddressWish NONE = new AddressWish(List.of(), List.of());

    /** More pools in one request are a mistake. */
    public static final int MOST_POOLS = 16;

    public AddressWish {
        pools = List.copyOf(pools);
        addresses = List.copyOf(addresses);
        if (pools.size() > MOST_POOLS) {
            throw Rejection.invalid("pools", pools.size() + " names", "at most " + MOST_POOLS)
                    .asException();
        }
        Set<Family> seen = EnumSet.noneOf(Family.class);
        for (Address address : addresses) {
            if (!seen.add(address.family())) {
                throw Rejection.invalid(
                                "addresses",
                                address.toString(),
                                "a second address of family " + address.family())
                        .remedy("request at most one address of each family")
                        .asException();
            }
        }
    }

    Optional<Address> of(Family family) {
        return addresses.stream().filter(address -> address.family() == family).findFirst();
    }
}
