package io.croft.adapter.wire;

import io.croft.core.address.Address;
import io.croft.core.address.AddressRange;
import io.croft.core.address.Cidr;
import io.croft.core.address.Family;
import io.croft.core.pool.Access;
import io.croft.core.pool.Cooldown;
import io.croft.core.pool.Glob;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolMode;
import io.croft.core.pool.PoolState;
import io.croft.core.pool.Reserved;
import io.croft.core.pool.ResultForm;
import io.croft.core.pool.Route;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/** Pools of every form, by chance. */
public final class RandomPools {
    private RandomPools() {}

    public static Pool next(Random random) {
        Cidr cidr = cidr(random);
        int most = cidr.family().bits();
        int least = Math.max(most - 12, cidr.prefix());
        boolean restricted = random.nextBoolean();
        return new Pool(
                new PoolId(uuid(random)),
                "pool-" + random.nextInt(1_000),
                cidr,
                random.nextBoolean()
                        ? Pool.DEFAULT_BLOCK_SIZE
                        : least + random.nextInt(most - least + 1),
                pick(random, PoolState.values()),
                form(random, cidr),
                new Access(
                        restricted ? globs(random) : List.of(),
                        globs(random),
                        !restricted && random.nextBoolean(),
                        random.nextInt()),
                reserved(random, cidr),
                new Cooldown(Duration.ofSeconds(30, random.nextInt(1_000_000_000))),
                random.nextInt(100),
                random.nextBoolean() ? "" : "für Leute");
    }

    public static UUID uuid(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    public static Address address(Random random) {
        return random.nextBoolean()
                ? new Address(Family.V4, 0, random.nextInt() & 0xffff_ffffL)
                : new Address(Family.V6, 0xfdL << 56 | random.nextInt(), random.nextLong());
    }

    public static Cidr cidr(Random random) {
        Address address = address(random);
        return Cidr.around(address, address.family().bits() - 1 - random.nextInt(15));
    }

    private static ResultForm form(Random random, Cidr cidr) {
        PoolMode mode = pick(random, PoolMode.values());
        if (mode == PoolMode.ROUTED) {
            return new ResultForm(mode, Optional.empty(), List.of());
        }
        return new ResultForm(
                mode,
                random.nextBoolean() ? Optional.empty() : Optional.of(inside(random, cidr)),
                Stream.generate(() -> route(random, cidr)).limit(random.nextInt(3)).toList());
    }

    private static Route route(Random random, Cidr cidr) {
        Cidr destination =
                Cidr.around(inside(random, cidr), random.nextInt(cidr.family().bits() + 1));
        return new Route(
                destination,
                random.nextBoolean() ? Optional.empty() : Optional.of(inside(random, cidr)));
    }

    private static Reserved reserved(Random random, Cidr cidr) {
        return new Reserved(
                Stream.generate(() -> range(inside(random, cidr), inside(random, cidr)))
                        .limit(random.nextInt(4))
                        .toList());
    }

    private static AddressRange range(Address one, Address other) {
        return one.compareTo(other) <= 0
                ? new AddressRange(one, other)
                : new AddressRange(other, one);
    }

    private static Address inside(Random random, Cidr cidr) {
        return cidr.at(random.nextInt(Math.toIntExact(cidr.size())));
    }

    private static List<Glob> globs(Random random) {
        return Stream.of("team-a", "team-*", "zone=?", "*")
                .filter(text -> random.nextInt(3) == 0)
                .map(Glob::new)
                .toList();
    }

    private static <T> T pick(Random random, T[] from) {
        return from[random.nextInt(from.length)];
    }
}
