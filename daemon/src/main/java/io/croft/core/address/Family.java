package io.croft.core.address;

/** The two families of addresses. Declared in the order in which results list them. */
public enum Family {
    V4(32),
    V6(128);

    private final int bits;

    Family(int bits) {
        this.bits = bits;
    }

    /** Bits of an address. */
    public int bits() {
        return bits;
    }
}
