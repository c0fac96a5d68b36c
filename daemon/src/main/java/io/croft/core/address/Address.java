package io.croft.core.address;

import io.croft.core.rejection.Rejection;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * One IP address as a number of 128 bits. Addresses of a family are ordered by it, IPv4 before
 * IPv6.
 *
 * @param high upper 64 bits, unsigned; 0 for IPv4
 * @param low lower 64 bits, unsigned; the whole address for IPv4
 */
public record Address(Family family, long high, long low) implements Comparable<Address> {
    public Address {
        if (family == Family.V4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits");
        }
    }

    /**
     * Reads an address as people write it. IPv4 in its canonical form only ("10.1" and "010.0.0.1"
     * mean different things to different programs); IPv6 in any form but an IPv4-mapped one or one
     * with a zone or in brackets.
     */
    public static Address parse(String field, String text) {
        try {
            InetAddress parsed = InetAddress.ofLiteral(text);
            if (parsed instanceof Inet4Address && parsed.getHostAddress().equals(text)) {
                return of(parsed.getAddress());
            }
            if (parsed instanceof Inet6Address && text.indexOf('%') < 0 && text.indexOf('[') < 0) {
                return of(parsed.getAddress());
            }
        } catch (IllegalArgumentException refused) {
            // Said below, with the field's name.
        }
        throw Rejection.invalid(
                        field,
                        text,
                        "not an IPv4 or IPv6 address in its usual form, as 10.1.2.3 or fd00::3")
                .asException();
    }

    /** From 4 or 16 bytes in network order. */
    public static Address of(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        return switch (bytes.length) {
            case 4 -> new Address(Family.V4, 0, Integer.toUnsignedLong(buffer.getInt()));
            case 16 -> new Address(Family.V6, buffer.getLong(), buffer.getLong());
            default ->
                    throw new IllegalArgumentException(
                            "an address has 4 or 16 bytes, not " + bytes.length);
        };
    }

    /** 4 or 16 bytes in network order. */
    public byte[] bytes() {
        return family == Family.V4
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /**
     * The address {@code count} further on; {@code count} is unsigned. Wraps at the end of the 128
     * bits.
     */
    public Address plus(long count) {
        long sum = low + count;
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        return new Address(family, high + carry, sum);
    }

    /**
     * How far this address lies behind the other, saturated at {@link Long#MAX_VALUE}; the other
     * must not be greater.
     */
    public long minus(Address other) {
        long borrow = Long.compareUnsigned(low, other.low) < 0 ? 1 : 0;
        long upper = high - other.high - borrow;
        long lower = low - other.low;
        return upper != 0 || lower < 0 ? Long.MAX_VALUE : lower;
    }

    @Override
    public int compareTo(Address other) {
        int byFamily = family.compareTo(other.family);
        int byHigh = byFamily != 0 ? byFamily : Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Canonical text: dotted quad, or RFC 5952. */
    @Override
    public String toString() {
        return AddressText.of(this);
    }
}
