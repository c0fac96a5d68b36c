package io.croft.sim;

import io.croft.core.pool.Access;
import io.croft.core.pool.Cooldown;
import io.croft.core.pool.Glob;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolMode;
import io.croft.core.pool.PoolState;
import io.croft.core.pool.Reserved;
import io.croft.core.pool.ResultForm;
import io.croft.testing.Some;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The pools of a run: one for all pods, perhaps with another family, and perhaps one of a team's.
 *
 * @param blockPrefix of v4 blocks; those of v6 have as many addresses
 * @param dual each pod of no team gets an address of each family
 * @param team the pods of one namespace have a pool of their own
 */
record Pools(int blockPrefix, boolean dual, boolean team) {
    static final String NAMESPACE = "default";
    static final String TEAM = "team";

    private static final int V4 = 26;
    private static final int V6 = 122;
    private static final int TEAM_PREFIX = 28;

    static Pools draw(Random random) {
        return new Pools(28 + random.nextInt(4), random.nextInt(3) == 0, random.nextInt(3) == 0);
    }

    List<Pool> all() {
        List<Pool> all = new ArrayList<>();
        all.add(pool("pods", "10.0.0.0/" + V4, blockPrefix, Some.DEFAULT));
        if (dual) {
            all.add(pool("pods6", "fd00::/" + V6, blockPrefix + 96, Some.DEFAULT));
        }
        if (team) {
            var access = new Access(List.of(new Glob(TEAM)), List.of(), false, 0);
            all.add(pool("teams", "10.0.1.0/" + TEAM_PREFIX, Math.max(29, blockPrefix), access));
        }
        return all;
    }

    private static Pool pool(String name, String cidr, int blocks, Access access) {
        return new Pool(
                new PoolId(Some.uuid(name)),
                name,
                Some.cidr(cidr),
                blocks,
                PoolState.ACTIVE,
                new ResultForm(PoolMode.ROUTED, Optional.empty(), List.of()),
                access,
                Reserved.NONE,
                new Cooldown(Cooldown.FLOOR),
                0,
                "");
    }

    /** Addresses of all of them. */
    int capacity() {
        return all().stream().mapToInt(pool -> (int) pool.cidr().size()).sum();
    }

    /** Of a pod with that container id: the same each time. */
    String namespaceOf(String containerId) {
        return team && Math.floorMod(containerId.hashCode(), 4) == 0 ? TEAM : NAMESPACE;
    }

    /** Addresses that a pod gets: all or none. */
    int addressesOf(String namespace) {
        return dual && !namespace.equals(TEAM) ? 2 : 1;
    }

    @Override
    public String toString() {
        return "pool /%d%s%s in blocks of /%d"
                .formatted(V4, dual ? " and v6" : "", team ? " and a team's" : "", blockPrefix);
    }
}
