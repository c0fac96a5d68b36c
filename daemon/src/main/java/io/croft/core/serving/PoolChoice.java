package io.croft.core.serving;

import io.croft.core.address.Address;
import io.croft.core.address.Family;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which pools serve a request: the first of these levels that has a pool decides, and there is no
 * fall-through from one to the next.
 *
 * <ol>
 *   <li>pools that the request names;
 *   <li>pools whose namespaces name the pod's exactly;
 *   <li>pools whose namespaces match it by a pattern;
 *   <li>default pools.
 * </ol>
 *
 * <p>Within a level, pools of a family are tried by priority, then name; named ones in the order
 * named. The choice is made once a request: a team with an IPv4 pool only gets IPv4 only.
 */
final class PoolChoice {
    private static final Comparator<Pool> ORDER =
            Comparator.comparingInt((Pool pool) -> pool.access().priority())
                    .reversed()
                    .thenComparing(Pool::name);

    private final NodeView node;
    private final AddressWish wish;
    private final String namespace;

    PoolChoice(NodeView node, AddressWish wish, String namespace) {
        this.node = node;
        this.wish = wish;
        this.namespace = namespace;
    }

    /**
     * The pools to try for each family that the request gets, never empty; refuses by exception.
     */
    Map<Family, List<Pool>> make() {
        List<Pool> level = wish.pools().isEmpty() ? byRules() : named();
        Map<Family, List<Pool>> chosen = new EnumMap<>(Family.class);
        for (Pool pool : level) {
            chosen.computeIfAbsent(pool.family(), family -> new ArrayList<>(1)).add(pool);
        }
        chosen.replaceAll((family, pools) -> active(pools));
        for (Address address : wish.addresses()) {
            chosen.put(address.family(), List.of(poolOf(address, level)));
        }
        return chosen;
    }

    private List<Pool> named() {
        List<Pool> named = wish.pools().stream().map(this::named).toList();
        List<Pool> here = named.stream().filter(node.profile()::mayUse).toList();
        for (Pool pool : named) {
            if (here.stream().noneMatch(p -> p.family() == pool.family())) {
                throw notOnThisNode(pool);
            }
        }
        return here;
    }

    private Pool named(String name) {
        Pool pool =
                node.pool(name)
                        .orElseThrow(() ->
                                Reason.POOL_UNKNOWN
                                        .because("there is no pool \"%s\"".formatted(name))
                                        .with("field", "pools")
                                        .with("value", name)
                                        .asException());
        if (!pool.access().allowsNamespace(namespace)) {
            throw Reason.POOL_DENIED
                    .because("pool \"%s\" is not for namespace \"%s\"".formatted(name, namespace))
                    .with("pool", name)
                    .with("namespace", namespace)
                    .asException();
        }
        return pool;
    }

    private List<Pool> byRules() {
        List<Pool> level =
                first(
                        pool -> pool.access().namesNamespace(namespace),
                        pool -> pool.access().matchesNamespace(namespace),
                        pool -> pool.access().byDefault());
        if (level.isEmpty()) {
            throw Reason.NO_POOL
                    .because(
                            "no pool serves namespace \"%s\" and there is no default pool"
                                    .formatted(namespace))
                    .with("namespace", namespace)
                    .asException();
        }
        List<Pool> here = level.stream().filter(node.profile()::mayUse).toList();
        if (here.isEmpty()) {
            throw notOnThisNode(level.getFirst());
        }
        return here;
    }

    @SafeVarargs
    private List<Pool> first(Predicate<Pool>... levels) {
        for (Predicate<Pool> level : levels) {
            List<Pool> found = node.pools().stream().filter(level).sorted(ORDER).toList();
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    private static List<Pool> active(List<Pool> pools) {
        List<Pool> active =
                pools.stream().filter(pool -> pool.state() == PoolState.ACTIVE).toList();
        if (active.isEmpty()) {
            throw paused(pools.getFirst());
        }
        return active;
    }

    private static Pool poolOf(Address address, List<Pool> level) {
        Pool pool =
                level.stream()
                        .filter(p -> p.cidr().contains(address))
                        .findFirst()
                        .orElseThrow(() ->
                                Reason.ADDRESS_OUTSIDE_POOLS
                                        .because(
                                                "%s is in none of the pools of this request: %s"
                                                        .formatted(
                                                                address,
                                                                level.stream()
                                                                        .map(Pool::name)
                                                                        .toList()))
                                        .with("field", "addresses")
                                        .with("value", address.toString())
                                        .asException());
        if (pool.state() != PoolState.ACTIVE) {
            throw paused(pool);
        }
        if (!pool.gives(address)) {
            throw Reason.ADDRESS_RESERVED
                    .because(
                            "pool \"%s\" %s gives %s to nobody"
                                    .formatted(pool.name(), pool.cidr(), address))
                    .with("pool", pool.name())
                    .with("value", address.toString())
                    .asException();
        }
        return pool;
    }

    private static RejectedException paused(Pool pool) {
        return Reason.POOL_PAUSED
                .because(
                        "pool \"%s\" %s is %s"
                                .formatted(
                                        pool.name(),
                                        pool.cidr(),
                                        pool.state() == PoolState.PAUSED ? "paused" : "draining"))
                .with("pool", pool.name())
                .asException();
    }

    private RejectedException notOnThisNode(Pool pool) {
        return Reason.POOL_DENIED
                .because(
                        "pool \"%s\" is not for node \"%s\""
                                .formatted(pool.name(), node.profile().name()))
                .with("pool", pool.name())
                .with("node", node.profile().name())
                .asException();
    }
}
