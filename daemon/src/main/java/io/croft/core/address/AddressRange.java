package io.croft.core.address;

import io.croft.core.rejection.Rejection;
import java.math.BigInteger;

/** The addresses from {@code first} to {@code last}, both included, of one family. */
public record AddressRange(Address first, Address last) {
    public AddressRange {
        if (first.family() != last.family() || first.compareTo(last) > 0) {
            throw new IllegalArgumentException(first + " is not before " + last);
        }
    }

    /** Reads {@code CIDR} or {@code FIRST-LAST}. */
    public static AddressRange parse(String field, String text) {
        if (text.indexOf('/') >= 0) {
            return of(Cidr.parse(field, text));
        }
        int dash = text.indexOf('-');
        if (dash < 0) {
            Address only = Address.parse(field, text);
            return new AddressRange(only, only);
        }
        Address first = Address.parse(field, text.substring(0, dash));
        Address last = Address.parse(field, text.substring(dash + 1));
        if (first.family() != last.family() || first.compareTo(last) > 0) {
            throw Rejection.invalid(
                            field, text, "must run from a lower to a higher address of one family")
                    .asException();
        }
        return new AddressRange(first, last);
    }

    public static AddressRange of(Cidr cidr) {
        return new AddressRange(cidr.first(), cidr.last());
    }

    public Family family() {
        return first.family();
    }

    public boolean contains(Address address) {
        return address.family() == family()
                && first.compareTo(address) <= 0
                && address.compareTo(last) <= 0;
    }

    /** Number of addresses, saturated at {@link Long#MAX_VALUE}. */
    public long size() {
        long distance = last.minus(first);
        return distance == Long.MAX_VALUE ? distance : distance + 1;
    }

    /** Number of addresses, also where a long cannot hold it. */
    public BigInteger exactSize() {
        return new BigInteger(1, last.bytes())
                .subtract(new BigInteger(1, first.bytes()))
                .add(BigInteger.ONE);
    }

    @Override
    public String toString() {
        return first.equals(last) ? first.toString() : first + "-" + last;
    }
}
