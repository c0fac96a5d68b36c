package io.croft.core.ownership;

import static java.util.function.Predicate.not;

import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.time.Moment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The pools as the store has them now. A pool that is gone is kept while this node knows a block of
 * it. One whose record somebody gave another range or block size stays as it is known: blocks of
 * both forms would have the same addresses. Answers how many changed, a few at a time: ask again
 * until it is none.
 *
 * @param believed whether a pool that is not among them is gone; else the store may have lost it
 */
public record UsePools(Collection<Pool> pools, boolean believed) implements Command<Integer> {
    /** Changes of one record of the journal, which many pools with many ranges would exceed. */
    private static final int MOST_CHANGES = 8;

    public UsePools {
        pools = List.copyOf(pools);
    }

    @Override
    public Decision<Integer> decide(NodeView node, Moment now) {
        Set<PoolId> present = pools.stream().map(Pool::id).collect(Collectors.toSet());
        List<Event> events = new ArrayList<>();
        for (Pool old : node.pools()) {
            if (believed && !present.contains(old.id()) && node.blocks(old.id()).isEmpty()) {
                events.add(new Event.PoolRemoved(old.id()));
            }
        }
        for (Pool pool : pools) {
            Optional<Pool> old = node.pool(pool.id());
            if (old.filter(pool::equals).isEmpty() && old.filter(not(pool::isFormedAs)).isEmpty()) {
                events.add(new Event.PoolDefined(pool));
            }
        }
        List<Event> some = events.subList(0, Math.min(events.size(), MOST_CHANGES));
        return new Decision.Accepted<>(some, some.size());
    }
}
