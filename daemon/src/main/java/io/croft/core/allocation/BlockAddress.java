package io.croft.core.allocation;

import io.croft.core.address.Address;
import io.croft.core.block.BlockId;

/** One address as its block's position. */
public record BlockAddress(BlockId block, int ordinal) {
    public Address address() {
        return block.cidr().at(ordinal);
    }

    @Override
    public String toString() {
        return address().toString();
    }
}
