package io.croft.core.pool;

import io.croft.core.address.Address;
import io.croft.core.address.Cidr;
import java.util.Optional;

/**
 * A route of a result; without a gateway it points at the device, or at the gateway of the address.
 */
public record Route(Cidr destination, Optional<Address> gateway) {}
