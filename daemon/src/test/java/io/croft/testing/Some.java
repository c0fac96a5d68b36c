package io.croft.testing;

import io.croft.core.address.Address;
import io.croft.core.address.AddressRange;
import io.croft.core.address.Cidr;
import io.croft.core.allocation.Attachment;
import io.croft.core.block.Token;
import io.croft.core.netns.Netns;
import io.croft.core.netns.SeenNetns;
import io.croft.core.pool.Access;
import io.croft.core.pool.Cooldown;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolMode;
import io.croft.core.pool.PoolState;
import io.croft.core.pool.Reserved;
import io.croft.core.pool.ResultForm;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Values as tests need them, from few words. Equal words give equal values. */
public final class Some {
    public static final Access DEFAULT = new Access(List.of(), List.of(), true, 0);

    /** What a pool is when a test says nothing of it. */
    public static final Cooldown COOLDOWN = Cooldown.DEFAULT;

    private Some() {}

    public static UUID uuid(String word) {
        return UUID.nameUUIDFromBytes(word.getBytes(StandardCharsets.UTF_8));
    }

    public static Address address(String text) {
        return Address.parse("address", text);
    }

    public static Cidr cidr(String text) {
        return Cidr.parse("cidr", text);
    }

    /** A default pool with blocks of the usual size. */
    public static Pool pool(String name, String cidr, PoolMode mode) {
        return pool(name, cidr, mode, Pool.DEFAULT_BLOCK_SIZE, DEFAULT);
    }

    public static Pool pool(
            String name, String cidr, PoolMode mode, int blockPrefix, Access access) {
        return new Pool(
                new PoolId(uuid(name)),
                name,
                cidr(cidr),
                blockPrefix,
                PoolState.ACTIVE,
                new ResultForm(mode, Optional.empty(), List.of()),
                access,
                Reserved.NONE,
                COOLDOWN,
                0,
                "");
    }

    /** The same pool with ranges that it does not give. */
    public static Pool reserving(Pool pool, String... ranges) {
        var reserved =
                new Reserved(
                        Stream.of(ranges).map(r -> AddressRange.parse("reserved", r)).toList());
        return new Pool(
                pool.id(),
                pool.name(),
                pool.cidr(),
                pool.blockPrefix(),
                pool.state(),
                pool.form(),
                pool.access(),
                reserved,
                pool.cooldown(),
                pool.maxBlocks(),
                pool.description());
    }

    /** The same pool with a limit of blocks for one node. */
    public static Pool limited(Pool pool, int maxBlocks) {
        return new Pool(
                pool.id(),
                pool.name(),
                pool.cidr(),
                pool.blockPrefix(),
                pool.state(),
                pool.form(),
                pool.access(),
                pool.reserved(),
                pool.cooldown(),
                maxBlocks,
                pool.description());
    }

    public static Attachment attachment(String containerId) {
        return new Attachment("net", containerId, "eth0");
    }

    public static Token token(long epoch) {
        return new Token(1, epoch, uuid("token " + epoch));
    }

    public static Optional<SeenNetns> netns(long inode) {
        return Optional.of(new SeenNetns(new Netns("/run/netns/" + inode, 4, inode), true));
    }

    public static BootTime at(long seconds) {
        return BootTime.ZERO.plus(Duration.ofSeconds(seconds));
    }

    /** Both clocks, that many seconds after a boot on the first day of 2026. */
    public static Moment moment(long seconds) {
        return new Moment(at(seconds), Instant.parse("2026-01-01T00:00:00Z").plusSeconds(seconds));
    }
}
