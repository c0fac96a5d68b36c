package io.croft.adapter.journal;

import io.croft.core.address.AddressRange;
import io.croft.core.address.Cidr;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.DelMarker;
import io.croft.core.allocation.Workload;
import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Ownership;
import io.croft.core.block.Token;
import io.croft.core.engine.Event;
import io.croft.core.engine.Need;
import io.croft.core.engine.NodeState;
import io.croft.core.engine.Timings;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;

/** Decisions that a node could make, by chance, one after the other. */
final class RandomHistory {
    private static final PoolId V4 = new PoolId(new UUID(4, 4));
    private static final PoolId V6 = new PoolId(new UUID(6, 6));
    private static final Duration COOLDOWN = Duration.ofSeconds(30);

    private final Random random;
    private final UUID bootId;
    private boolean begun;
    private long nanos = 1_000_000_000;

    RandomHistory(long seed, UUID bootId) {
        this.random = new Random(seed);
        this.bootId = bootId;
    }

    Moment now() {
        return new Moment(new BootTime(nanos), Instant.EPOCH.plusNanos(nanos));
    }

    /** The next decision; legal in that state. */
    List<Event> next(NodeState state) {
        nanos += random.nextLong(5_000_000_000L);
        if (!begun) {
            begun = true;
            return List.of(new Event.Started(bootId));
        }
        if (state.pools().isEmpty()) {
            return List.of(
                    new Event.PoolDefined(pool(V4, "10.1.0.0/24", 29, Reserved.NONE)),
                    new Event.PoolDefined(pool(V6, "fd00::/120", 125, Reserved.NONE)));
        }
        while (true) {
            Optional<List<Event>> decision = tryNext(state).filter(d -> !d.isEmpty());
            if (decision.isPresent()) {
                state.verify(decision.get())
                        .ifPresent(wrong -> {
                            throw new AssertionError("illegal history: " + wrong);
                        });
                return decision.get();
            }
        }
    }

    private Optional<List<Event>> tryNext(NodeState state) {
        return switch (random.nextInt(20)) {
            case 0, 1 -> claim(state);
            case 2, 3 ->
                    block(state, b -> b.ownership() instanceof Ownership.Claiming)
                            .map(this::settle);
            case 4, 5, 6, 7, 8 -> allocate(state);
            case 9, 10, 11 -> allocation(state).map(this::release);
            case 12 -> allocation(state).map(a -> List.of(renewed(state, a)));
            case 13 -> Optional.of(vacate(state));
            case 14 ->
                    block(state, b -> b.isOwned() && b.isEmpty())
                            .filter(b -> random.nextInt(4) == 0)
                            .map(b -> List.of(new Event.BlockRetired(b.id())));
            case 15 ->
                    block(state, b -> b.ownership() instanceof Ownership.Returning)
                            .map(b -> List.of(new Event.BlockForgotten(b.id())));
            case 16, 17 ->
                    block(state, b -> b.ownership() instanceof Ownership.Unvalidated)
                            .map(b -> List.of(new Event.BlockValidated(b.id())));
            case 18 -> Optional.of(List.of(new Event.Marked(attachment(), marker())));
            default -> Optional.of(rare(state));
        };
    }

    private List<Event> rare(NodeState state) {
        return switch (random.nextInt(9)) {
            case 0 -> List.of(new Event.Started(bootId));
            case 1 -> List.of(new Event.IncarnationIntended(random.nextLong(1, 99), uuid()));
            case 2 -> List.of(new Event.Unavailable(Need.anyOf(V4), now().boot()));
            case 3 -> List.of(new Event.Unavailable(Need.exactly(id(V6)), now().boot()));
            case 4 ->
                    List.of(
                            new Event.PoolDefined(
                                    pool(
                                            V4,
                                            "10.1.0.0/24",
                                            29,
                                            new Reserved(
                                                    List.of(
                                                            AddressRange.parse(
                                                                    "r", "10.1.0.8/31"))))));
            case 8 ->
                    List.of(
                            new Event.StoreCompared(
                                    random.nextLong(1, 99),
                                    Optional.of(new UUID(5, random.nextLong(1, 9)))));
            case 5 ->
                    block(state, b -> !(b.ownership() instanceof Ownership.Claiming))
                            .<List<Event>>map(b ->
                                    List.of(
                                            new Event.BlockQuarantined(
                                                    b.id(), Cause.FOREIGN_TOKEN, Optional.empty())))
                            .orElse(List.of());
            default -> List.of();
        };
    }

    private Optional<List<Event>> claim(NodeState state) {
        BlockId id = id(random.nextBoolean() ? V4 : V6);
        if (state.block(id).isPresent()) {
            return Optional.empty();
        }
        Optional<UUID> from =
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(new UUID(1, random.nextLong()));
        Optional<Token> expected = random.nextBoolean() ? Optional.empty() : Optional.of(token());
        return Optional.of(
                List.of(new Event.ClaimIntended(new ClaimIntent(id, from, expected, token()))));
    }

    private List<Event> settle(Block block) {
        Event settled =
                random.nextInt(4) == 0
                        ? new Event.ClaimAbandoned(block.id())
                        : new Event.BlockAdopted(
                                block.id(),
                                ((Ownership.Claiming) block.ownership()).intent().next());
        return List.of(settled);
    }

    private Optional<List<Event>> allocate(NodeState state) {
        Attachment attachment = attachment();
        var addresses = new ArrayList<BlockAddress>();
        pick(state, V4).ifPresent(addresses::add);
        if (random.nextBoolean()) {
            pick(state, V6).ifPresent(addresses::add);
        }
        if (addresses.isEmpty() || state.allocation(attachment).isPresent()) {
            return Optional.empty();
        }
        var allocation =
                new Allocation(
                        attachment,
                        state.nextSequence(),
                        now().boot(),
                        random.nextBoolean(),
                        addresses,
                        workload(),
                        now().wall());
        return Optional.of(List.of(new Event.Allocated(allocation)));
    }

    private Optional<BlockAddress> pick(NodeState state, PoolId pool) {
        for (Block block : state.blocks(pool)) {
            OptionalInt ordinal = block.pick(now().boot(), COOLDOWN, Optional.empty());
            if (ordinal.isPresent()) {
                return Optional.of(new BlockAddress(block.id(), ordinal.getAsInt()));
            }
        }
        return Optional.empty();
    }

    private List<Event> release(Allocation held) {
        var released = new Event.Released(held.attachment(), held.sequence(), now().boot());
        return random.nextBoolean()
                ? List.of(released)
                : List.of(released, new Event.Marked(held.attachment(), marker()));
    }

    private Event renewed(NodeState state, Allocation held) {
        return new Event.Renewed(held.attachment(), state.nextSequence(), now().boot(), workload());
    }

    private List<Event> vacate(NodeState state) {
        List<BlockAddress> some =
                state.blocks().stream()
                        .flatMap(block ->
                                block.resting().stream()
                                        .filter(resting -> random.nextBoolean())
                                        .map(r -> new BlockAddress(block.id(), r.ordinal())))
                        .limit(10)
                        .toList();
        return some.isEmpty() ? List.of() : List.of(new Event.Vacated(some));
    }

    private Optional<Block> block(NodeState state, Predicate<Block> which) {
        List<Block> all = state.blocks().stream().filter(which).toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    private Optional<Allocation> allocation(NodeState state) {
        List<Allocation> all =
                state.allocations().stream()
                        .sorted((a, b) -> Long.compare(a.sequence(), b.sequence()))
                        .toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    private DelMarker marker() {
        return new DelMarker(now().boot(), now().boot().plus(Timings.DEL_MARKER));
    }

    private Attachment attachment() {
        return new Attachment("net", "container-" + random.nextInt(40), "eth0");
    }

    private Workload workload() {
        var netns = new Netns("/run/netns/" + random.nextInt(9), 4, random.nextLong());
        return random.nextBoolean()
                ? Workload.UNKNOWN
                : new Workload(
                        "team",
                        "pod",
                        "uid",
                        Optional.of(new SeenNetns(netns, random.nextBoolean())));
    }

    private Token token() {
        return new Token(1, random.nextLong(1, 1_000), uuid());
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private BlockId id(PoolId pool) {
        Cidr range = Cidr.parse("cidr", pool.equals(V4) ? "10.1.0.0/24" : "fd00::/120");
        return new BlockId(pool, range.part(pool.equals(V4) ? 29 : 125, random.nextInt(8)));
    }

    private static Pool pool(PoolId id, String cidr, int blockPrefix, Reserved reserved) {
        return new Pool(
                id,
                id.equals(V4) ? "v4" : "v6",
                Cidr.parse("cidr", cidr),
                blockPrefix,
                PoolState.ACTIVE,
                new ResultForm(PoolMode.GATEWAY, Optional.empty(), List.of()),
                Access.OPEN,
                reserved,
                Cooldown.DEFAULT,
                0,
                "");
    }
}
