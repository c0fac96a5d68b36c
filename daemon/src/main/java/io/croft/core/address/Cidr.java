package io.croft.core.address;

import io.croft.core.rejection.Rejection;
import java.util.Comparator;

/**
 * An aligned range of addresses: a first address without host bits and a prefix length.
 *
 * <p>Sizes are saturated at {@link Long#MAX_VALUE}: no caller counts that far.
 */
public record Cidr(Address first, int prefix) implements Comparable<Cidr> {
    private static final Comparator<Cidr> ORDER =
            Comparator.comparing(Cidr::first).thenComparingInt(Cidr::prefix);

    public Cidr {
        if (prefix < 0 || prefix > first.family().bits()) {
            throw new IllegalArgumentException("prefix length " + prefix);
        }
        if (!mask(first, prefix).equals(first)) {
            throw new IllegalArgumentException("host bits in " + first + "/" + prefix);
        }
    }

    /**
     * Reads {@code ADDRESS/LENGTH}; refuses host bits and names the range that was probably meant.
     */
    public static Cidr parse(String field, String text) {
        int slash = text.indexOf('/');
        int length = slash < 0 ? -1 : prefixLength(text.substring(slash + 1));
        if (length < 0) {
            throw Rejection.invalid(
                            field, text, "not a range in CIDR form, as 10.1.0.0/16 or fd00::/64")
                    .asException();
        }
        Address address = Address.parse(field, text.substring(0, slash));
        if (length > address.family().bits()) {
            throw Rejection.invalid(
                            field, text, "the prefix length is at most " + address.family().bits())
                    .asException();
        }
        Address network = mask(address, length);
        if (!network.equals(address)) {
            throw Rejection.invalid(
                            field,
                            text,
                            "has host bits set; the range is %s/%d".formatted(network, length))
                    .remedy("write " + network + "/" + length)
                    .asException();
        }
        return new Cidr(address, length);
    }

    private static int prefixLength(String text) {
        // Canonical decimal only, so that "+8" and "08" are no prefix lengths.
        try {
            int length = Integer.parseInt(text);
            return Integer.toString(length).equals(text) ? length : -1;
        } catch (NumberFormatException refused) {
            return -1;
        }
    }

    /** The aligned range of that prefix length around an address. */
    public static Cidr around(Address address, int prefix) {
        return new Cidr(mask(address, prefix), prefix);
    }

    private static Address mask(Address address, int prefix) {
        int host = address.family().bits() - prefix;
        long high =
                host >= 128
                        ? 0
                        : host <= 64
                                ? address.high()
                                : address.high() >>> (host - 64) << (host - 64);
        long low = host >= 64 ? 0 : address.low() >>> host << host;
        return new Address(address.family(), high, low);
    }

    public Family family() {
        return first.family();
    }

    /** Number of addresses, saturated. */
    public long size() {
        return count(family().bits() - prefix);
    }

    public Address last() {
        int host = family().bits() - prefix;
        long high = host <= 64 ? first.high() : first.high() | ones(host - 64);
        return new Address(family(), high, first.low() | ones(Math.min(host, 64)));
    }

    private static long ones(int bits) {
        return bits == 0 ? 0 : -1L >>> (64 - bits);
    }

    /** The address at a position from 0. */
    public Address at(long ordinal) {
        return first.plus(ordinal);
    }

    /** Position of an address that this range contains. */
    public int ordinalOf(Address address) {
        if (!contains(address)) {
            throw new IllegalArgumentException(address + " is not in " + this);
        }
        return Math.toIntExact(address.minus(first));
    }

    public boolean contains(Address address) {
        return address.family() == family() && mask(address, prefix).equals(first);
    }

    public boolean contains(Cidr other) {
        return other.prefix >= prefix && contains(other.first);
    }

    public boolean overlaps(Cidr other) {
        return contains(other.first) || other.contains(first);
    }

    /** Number of aligned parts of that prefix length, saturated. */
    public long parts(int partPrefix) {
        return count(partPrefix - prefix);
    }

    /** The part of that prefix length at an index from 0. */
    public Cidr part(int partPrefix, long index) {
        int host = family().bits() - partPrefix;
        long low = host >= 64 ? 0 : index << host;
        long high = host == 0 ? 0 : host >= 64 ? index << (host - 64) : index >>> (64 - host);
        Address moved =
                new Address(
                        family(),
                        first.high() + (family() == Family.V4 ? 0 : high),
                        first.low() + low);
        return new Cidr(moved, partPrefix);
    }

    /**
     * The index of the part of that prefix length that holds an address of this range, saturated.
     */
    public long indexOf(Address address, int partPrefix) {
        int host = family().bits() - partPrefix;
        long borrow = Long.compareUnsigned(address.low(), first.low()) < 0 ? 1 : 0;
        long high = address.high() - first.high() - borrow;
        long low = address.low() - first.low();
        long index =
                host == 0
                        ? low
                        : host >= 64
                                ? high >>> (host - 64)
                                : (high << (64 - host)) | (low >>> host);
        boolean fits = host >= 64 || high >>> host == 0;
        return fits && index >= 0 ? index : Long.MAX_VALUE;
    }

    private static long count(int bits) {
        return bits >= 63 ? Long.MAX_VALUE : 1L << bits;
    }

    @Override
    public int compareTo(Cidr other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return first + "/" + prefix;
    }
}
