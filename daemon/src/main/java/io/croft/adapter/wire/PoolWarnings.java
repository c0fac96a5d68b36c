package io.croft.adapter.wire;

import io.croft.core.address.Family;
import io.croft.core.pool.Glob;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What is allowed in a pool but worth a thought, a sentence each. */
public final class PoolWarnings {
    /** A cluster outgrows fewer blocks than this soon. */
    private static final long FEW_BLOCKS = 16;

    private PoolWarnings() {}

    public static List<String> of(Pool pool, PoolSet all) {
        var warnings = new ArrayList<String>();
        List<Glob> wanted = pool.access().namespaces();
        Family other = pool.family() == Family.V4 ? Family.V6 : Family.V4;
        boolean defaults = any(all, p -> p.family() == other && p.access().byDefault());
        boolean sisters =
                any(all, p -> p.family() == other && p.access().namespaces().equals(wanted));
        if (!wanted.isEmpty() && defaults && !sisters) {
            warnings.add(
                    "pods of its namespaces get %s addresses only, because no %s pool names them; default pools do not add to a team's"
                            .formatted(name(pool.family()), name(other)));
        }
        if (wanted.isEmpty() && !pool.access().byDefault()) {
            warnings.add(
                    "it is used by name only; give --default or --namespace to have pods choose it");
        }
        if (pool.blocks() < FEW_BLOCKS) {
            warnings.add(
                    "at most %d nodes can take a block of it, one of /%d each"
                            .formatted(pool.blocks(), pool.blockPrefix()));
        }
        return warnings;
    }

    private static boolean any(PoolSet all, Predicate<Pool> match) {
        return all.pools().values().stream().map(StoredPool::pool).anyMatch(match);
    }

    private static String name(Family family) {
        return family == Family.V4 ? "IPv4" : "IPv6";
    }
}
