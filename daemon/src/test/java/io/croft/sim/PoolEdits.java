package io.croft.sim;

import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolState;
import io.croft.testing.Some;
import java.util.List;
import java.util.Random;

/** An operator's changes of pools. */
record PoolEdits(World world) {
    /** Pools are edited over addresses that are held. */
    void edit(Random random) {
        List<Pool> all = world.pools().all();
        Pool edited = all.get(random.nextInt(all.size()));
        int from = random.nextInt((int) edited.cidr().size() - 4);
        String range = edited.cidr().at(from) + "-" + edited.cidr().at(from + random.nextInt(4));
        int what = random.nextInt(4);
        String name = edited.name();
        world.operator.ask(() ->
                world.server
                        .operator()
                        .pools()
                        .change(set -> {
                            Pool pool = set.get(name).pool();
                            return switch (what) {
                                case 0 -> set.become(name, PoolState.PAUSED);
                                case 1 -> set.become(name, PoolState.DRAINING);
                                case 2 -> set.become(name, PoolState.ACTIVE);
                                default -> set.update(Some.reserving(pool, range), "");
                            };
                        })
                        .toCompletableFuture()
                        .join());
        world.scheduler.after(
                Fault.seconds(random, 5, 100), "operator resumes the pools", this::resumeAll);
    }

    /** The pools are as they were made. */
    void resumeAll() {
        for (Pool each : world.pools().all()) {
            resume(each.name());
        }
    }

    private void resume(String name) {
        world.operator.ask(() ->
                world.server
                        .operator()
                        .pools()
                        .change(set ->
                                set.become(name, PoolState.ACTIVE)
                                        .update(Some.reserving(set.get(name).pool()), ""))
                        .toCompletableFuture()
                        .join());
    }
}
