package io.croft.core.pool;

import io.croft.core.address.Cidr;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All pools and external ranges of a cluster, and the rules for changing them. Each change is a new
 * value; a store compares the revision and keeps it, so two that were made side by side cannot
 * overlap.
 *
 * @param revision rises with every change
 */
public record PoolSet(
        long revision, Map<String, StoredPool> pools, Map<String, ExternalRange> external) {
    /** What a store holds that nobody has used. */
    public static final PoolSet EMPTY = new PoolSet(0, Map.of(), Map.of());

    /**
     * More than a cluster's operators can oversee, and all of them stand in every agent's memory.
     */
    public static final int MOST_POOLS = 1024;

    /** So many nodes seldom meet at their first claims, and a page shows all of it at once. */
    private static final long FIRST_SPAN = 256;

    public PoolSet {
        pools = Map.copyOf(pools);
        external = Map.copyOf(external);
    }

    /** With a new pool. */
    public PoolSet create(Pool pool) {
        if (pools.containsKey(pool.name())) {
            throw refuse(
                    Reason.POOL_EXISTS, "pool \"%s\" exists".formatted(pool.name()), pool.name());
        }
        if (pools.size() >= MOST_POOLS) {
            throw Rejection.invalid(
                            "name",
                            pool.name(),
                            "there are %d pools, the most there can be".formatted(MOST_POOLS))
                    .asException();
        }
        if (pool.capacity() == 0) {
            throw Rejection.invalid(
                            "cidr", pool.cidr().toString(), "yields no address in this mode")
                    .remedy("choose a larger range, or mode routed")
                    .asException();
        }
        SpecialRange.in(pool.cidr())
                .ifPresent(special -> {
                    throw Rejection.invalid(
                                    "cidr",
                                    pool.cidr().toString(),
                                    "overlaps %s, which no pod can use".formatted(special))
                            .remedy("choose a range of your own, as 10.0.0.0/8 or fd00::/8 have")
                            .asException();
                });
        overlapping(pool.cidr())
                .ifPresent(other -> {
                    throw overlap("pool \"%s\" %s".formatted(pool.name(), pool.cidr()), other);
                });
        return put(new StoredPool(pool, 1, firstSpan(pool)));
    }

    /**
     * With other rules for a pool; its identity, range, block size and state stay. An empty etag is
     * not compared.
     */
    public PoolSet update(Pool changed, String etag) {
        StoredPool old = get(changed.name());
        if (!etag.isEmpty() && !etag.equals(old.etag())) {
            throw refuse(
                    Reason.POOL_CHANGED,
                    "pool \"%s\" is at etag %s, not %s".formatted(changed.name(), old.etag(), etag),
                    changed.name());
        }
        if (!changed.isFormedAs(old.pool())) {
            throw refuse(
                    Reason.POOL_IMMUTABLE,
                    "pool \"%s\" is %s in blocks of /%d, mode %s, gateway %s for good"
                            .formatted(
                                    changed.name(),
                                    old.pool().cidr(),
                                    old.pool().blockPrefix(),
                                    old.pool().form().mode().name().toLowerCase(Locale.ROOT),
                                    old.pool()
                                            .form()
                                            .gateway()
                                            .map(Object::toString)
                                            .orElse("none")),
                    changed.name());
        }
        return put(old.changedTo(changed.as(old.pool().id(), old.pool().state())));
    }

    public PoolSet become(String name, PoolState state) {
        StoredPool old = get(name);
        return old.pool().state() == state ? this : put(old.changedTo(old.pool().with(state)));
    }

    /**
     * With a pool that was lost with a part of the store, as a node remembers it. Nothing changes
     * where it is there, or where its name or a part of its range was given to something else.
     */
    public PoolSet restore(Pool lost) {
        boolean possible =
                find(lost.id()).isEmpty()
                        && !pools.containsKey(lost.name())
                        && pools.size() < MOST_POOLS
                        && overlapping(lost.cidr()).isEmpty();
        return possible ? put(new StoredPool(lost, 1, firstSpan(lost))) : this;
    }

    private static long firstSpan(Pool pool) {
        return Math.min(FIRST_SPAN, pool.blocks());
    }

    /** Without a pool. Whether its blocks are all back is the store's to check. */
    public PoolSet delete(String name) {
        get(name);
        var rest = new TreeMap<>(pools);
        rest.remove(name);
        return new PoolSet(revision + 1, rest, external);
    }

    /** Lets claims choose among twice as many blocks, unless somebody did so already. */
    public PoolSet widen(PoolId id, long from) {
        Optional<StoredPool> found =
                find(id).filter(p -> p.span() == from && from < p.pool().blocks());
        return found.map(old ->
                        put(
                                new StoredPool(
                                        old.pool(),
                                        old.version(),
                                        from > old.pool().blocks() / 2
                                                ? old.pool().blocks()
                                                : 2 * from)))
                .orElse(this);
    }

    public PoolSet register(ExternalRange range) {
        if (external.containsKey(range.name())) {
            throw refuse(
                    Reason.EXTERNAL_RANGE,
                    "external range \"%s\" exists".formatted(range.name()),
                    range.name());
        }
        pools.values().stream()
                .map(StoredPool::pool)
                .filter(pool -> pool.cidr().overlaps(range.cidr()))
                .findFirst()
                .ifPresent(pool -> {
                    throw overlap(
                            "external range \"%s\" %s".formatted(range.name(), range.cidr()),
                            "pool \"%s\" %s".formatted(pool.name(), pool.cidr()));
                });
        var all = new TreeMap<>(external);
        all.put(range.name(), range);
        return new PoolSet(revision + 1, pools, all);
    }

    public PoolSet forget(String range) {
        if (!external.containsKey(range)) {
            throw refuse(
                    Reason.EXTERNAL_RANGE,
                    "there is no external range \"%s\"".formatted(range),
                    range);
        }
        var rest = new TreeMap<>(external);
        rest.remove(range);
        return new PoolSet(revision + 1, pools, rest);
    }

    /** The pool of that name, or a refusal. */
    public StoredPool get(String name) {
        StoredPool found = pools.get(name);
        if (found == null) {
            throw refuse(Reason.POOL_UNKNOWN, "there is no pool \"%s\"".formatted(name), name);
        }
        return found;
    }

    public Optional<StoredPool> find(PoolId id) {
        return pools.values().stream().filter(p -> p.pool().id().equals(id)).findFirst();
    }

    private PoolSet put(StoredPool pool) {
        var all = new TreeMap<>(pools);
        all.put(pool.pool().name(), pool);
        return new PoolSet(revision + 1, all, external);
    }

    private Optional<String> overlapping(Cidr cidr) {
        Optional<String> pool =
                pools.values().stream()
                        .map(StoredPool::pool)
                        .filter(p -> p.cidr().overlaps(cidr))
                        .map(p -> "pool \"%s\" %s".formatted(p.name(), p.cidr()))
                        .findFirst();
        return pool.or(() ->
                external.values().stream()
                        .filter(range -> range.cidr().overlaps(cidr))
                        .map(range ->
                                "external range \"%s\" %s".formatted(range.name(), range.cidr()))
                        .findFirst());
    }

    private static RejectedException overlap(String what, String other) {
        return Reason.RANGE_OVERLAPS
                .because(what + " overlaps " + other)
                .with("field", "cidr")
                .asException();
    }

    private static RejectedException refuse(Reason reason, String message, String name) {
        return reason.because(message).with("field", "name").with("value", name).asException();
    }
}
