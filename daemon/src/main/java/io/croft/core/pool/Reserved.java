package io.croft.core.pool;

import io.croft.core.address.Address;
import io.croft.core.address.AddressRange;
import io.croft.core.address.Cidr;
import io.croft.core.address.OrdinalSet;
import io.croft.core.rejection.Rejection;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Ranges of a pool that are not given: in order, without overlap. Binds new allocations only. */
public record Reserved(List<AddressRange> ranges) {
    public static final Reserved NONE = new Reserved(List.of());

    /** More make a pool that nobody can read. */
    public static final int MOST = 1024;

    public Reserved {
        if (ranges.size() > MOST) {
            throw Rejection.invalid("reserved", ranges.size() + " ranges", "at most " + MOST)
                    .asException();
        }
        ranges = merge(ranges);
    }

    private static List<AddressRange> merge(List<AddressRange> ranges) {
        var merged = new ArrayList<AddressRange>();
        for (AddressRange next :
                ranges.stream().sorted(Comparator.comparing(AddressRange::first)).toList()) {
            AddressRange last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last.contains(next.first())) {
                Address end = last.last().compareTo(next.last()) > 0 ? last.last() : next.last();
                merged.set(merged.size() - 1, new AddressRange(last.first(), end));
            } else {
                merged.add(next);
            }
        }
        return List.copyOf(merged);
    }

    /** Checked against the pool's range. */
    Reserved in(Cidr range) {
        for (AddressRange reserved : ranges) {
            if (!range.contains(reserved.first()) || !range.contains(reserved.last())) {
                throw Rejection.invalid(
                                "reserved",
                                reserved.toString(),
                                "must lie in the pool's range " + range)
                        .asException();
            }
        }
        return this;
    }

    public boolean contains(Address address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    /** The range that has all of a block, if one does. */
    Optional<AddressRange> covering(Cidr block) {
        return ranges.stream()
                .filter(range -> range.contains(block.first()) && range.contains(block.last()))
                .findFirst();
    }

    /** Adds to the set the positions of a block that are reserved. */
    void addTo(OrdinalSet set, Cidr block) {
        for (AddressRange range : ranges) {
            Address first =
                    range.first().compareTo(block.first()) > 0 ? range.first() : block.first();
            Address last = range.last().compareTo(block.last()) < 0 ? range.last() : block.last();
            if (first.compareTo(last) <= 0) {
                set.addRange(block.ordinalOf(first), block.ordinalOf(last));
            }
        }
    }

    /** Number of reserved addresses. */
    BigInteger exactSize() {
        return ranges.stream()
                .map(AddressRange::exactSize)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }
}
