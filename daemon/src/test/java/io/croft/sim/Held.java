package io.croft.sim;

import io.croft.core.address.Address;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import java.util.List;

/** What an allocation holds, as addresses. */
final class Held {
    private Held() {}

    static List<Address> of(Allocation allocation) {
        return allocation.addresses().stream().map(BlockAddress::address).toList();
    }
}
