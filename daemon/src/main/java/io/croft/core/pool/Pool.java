package io.croft.core.pool;

import io.croft.core.address.Address;
import io.croft.core.address.AddressRange;
import io.croft.core.address.Cidr;
import io.croft.core.address.Family;
import io.croft.core.address.OrdinalSet;
import io.croft.core.rejection.Rejection;
import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A named range of addresses, one CIDR, with its block size and the rules about who may use it and
 * in which form.
 *
 * <p>Rules bind new allocations only: what is held stays held whatever they become. Range and block
 * size never change under an id.
 *
 * @param blockPrefix prefix length of a block
 * @param maxBlocks blocks that one node may own; 0: no limit
 */
public record Pool(
        PoolId id,
        String name,
        Cidr cidr,
        int blockPrefix,
        PoolState state,
        ResultForm form,
        Access access,
        Reserved reserved,
        Cooldown cooldown,
        int maxBlocks,
        String description) {
    /** For a block size that the operator leaves to the rules. */
    public static final int DEFAULT_BLOCK_SIZE = 0;

    public Pool {
        Names.check("name", name);
        Names.checkDescription(description);
        blockPrefix =
                blockPrefix == DEFAULT_BLOCK_SIZE
                        ? BlockSize.byDefault(cidr)
                        : BlockSize.check(cidr, blockPrefix);
        form = form.in(cidr);
        reserved = reserved.in(cidr);
        if (maxBlocks < 0) {
            throw Rejection.invalid(
                            "max-blocks", Integer.toString(maxBlocks), "must not be negative")
                    .asException();
        }
    }

    public Family family() {
        return cidr.family();
    }

    public Pool with(PoolState other) {
        return as(id, other);
    }

    /** Whether the other has what never changes of a pool: range, block size, mode and gateway. */
    public boolean isFormedAs(Pool other) {
        return cidr.equals(other.cidr)
                && blockPrefix == other.blockPrefix
                && form.mode() == other.form.mode()
                && form.gateway().equals(other.form.gateway());
    }

    /** These rules for a pool of that identity and state. */
    Pool as(PoolId same, PoolState now) {
        return new Pool(
                same,
                name,
                cidr,
                blockPrefix,
                now,
                form,
                access,
                reserved,
                cooldown,
                maxBlocks,
                description);
    }

    /** Addresses of a block. */
    public int blockSize() {
        return 1 << (family().bits() - blockPrefix);
    }

    /** Number of blocks, saturated. */
    public long blocks() {
        return cidr.parts(blockPrefix);
    }

    /** Range of the block at an index from 0. */
    public Cidr block(long index) {
        return cidr.part(blockPrefix, index);
    }

    /** Range of the block that holds an address of this pool. */
    public Cidr blockOf(Address address) {
        return Cidr.around(address, blockPrefix);
    }

    /** Whether a pod may have the address. */
    public boolean gives(Address address) {
        return cidr.contains(address)
                && !reserved.contains(address)
                && special().noneMatch(address::equals);
    }

    /** The positions of a block that no pod may have. */
    public OrdinalSet withheld(Cidr block) {
        var set = new OrdinalSet(Math.toIntExact(block.size()));
        reserved.addTo(set, block);
        special().filter(block::contains).forEach(address -> set.add(block.ordinalOf(address)));
        return set;
    }

    /**
     * The first block from an index on that is not reserved as a whole by one range; may lie behind
     * the last. Lets a search pass over a reserved half of a pool in one step.
     */
    public long nextUnreserved(long index) {
        Optional<Address> end = reserved.covering(block(index)).map(AddressRange::last);
        if (end.isEmpty()) {
            return index;
        }
        long last = cidr.indexOf(end.get(), blockPrefix);
        boolean whole = block(last).last().equals(end.get());
        return whole && last < Long.MAX_VALUE ? last + 1 : last;
    }

    /** Whether the block has at least one address for a pod. */
    public boolean canUse(Cidr block) {
        return withheld(block).count() < block.size();
    }

    /** Number of addresses that pods may have, saturated. */
    public long capacity() {
        // Exact before it is saturated: a /48 without a /64 is still more than anybody counts.
        long outside = special().filter(address -> !reserved.contains(address)).count();
        BigInteger left =
                AddressRange.of(cidr)
                        .exactSize()
                        .subtract(reserved.exactSize())
                        .subtract(BigInteger.valueOf(outside));
        return left.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact();
    }

    /** The addresses that the mode keeps back: network, broadcast, gateway. */
    private Stream<Address> special() {
        if (form.mode() == PoolMode.ROUTED) {
            return Stream.empty();
        }
        Optional<Address> broadcast =
                family() == Family.V4 ? Optional.of(cidr.last()) : Optional.empty();
        return Stream.of(Optional.of(cidr.first()), broadcast, form.gateway())
                .flatMap(Optional::stream)
                .filter(cidr::contains)
                .distinct();
    }
}
