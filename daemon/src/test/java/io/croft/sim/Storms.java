package io.croft.sim;

import java.util.Random;

/** What the faults of etcd and of the ways to it do. */
final class Storms {
    private Storms() {}

    static void lossy(World world, Machine machine, Random random) {
        world.network.lossy(1 + random.nextInt(300));
        world.scheduler.after(Fault.seconds(random, 5, 60), "", () -> world.network.lossy(0));
    }

    static void slow(World world, Machine machine, Random random) {
        world.network.slow(2 + random.nextInt(200));
        world.scheduler.after(Fault.seconds(random, 5, 60), "", () -> world.network.slow(1));
    }

    static void full(World world, Machine machine, Random random) {
        world.network.full(true);
        world.scheduler.after(Fault.seconds(random, 5, 90), "", () -> world.network.full(false));
    }

    static void doubled(World world, Machine machine, Random random) {
        world.network.doubling(1 + random.nextInt(500));
        world.scheduler.after(Fault.seconds(random, 5, 120), "", () -> world.network.doubling(0));
    }

    static void late(World world, Machine machine, Random random) {
        world.network.holding(1 + random.nextInt(300));
        world.scheduler.after(Fault.seconds(random, 5, 60), "", () -> world.network.holding(0));
    }

    static void silentWatch(World world, Machine machine, Random random) {
        world.network.silent(true);
        world.scheduler.after(Fault.seconds(random, 5, 200), "", () -> world.network.silent(false));
    }

    static void election(World world, Machine machine, Random random) {
        world.server.elect();
        world.network.restart();
    }

    static void leaderless(World world, Machine machine, Random random) {
        world.server.loseLeader();
        int committed = random.nextInt(4);
        world.scheduler.after(
                Fault.seconds(random, 1, 30),
                "somebody leads again",
                () -> {
                    world.server.elect(committed);
                    world.network.restart();
                });
    }

    static void compaction(World world, Machine machine, Random random) {
        world.server.lagWatches(true);
        world.scheduler.after(Fault.seconds(random, 1, 60), "", world.server::compact);
    }

    static void roleGone(World world, Machine machine, Random random) {
        world.server.deny(true);
        world.scheduler.after(Fault.seconds(random, 1, 60), "", () -> world.server.deny(false));
    }

    static void down(World world, Machine machine, Random random) {
        if (!world.isRestored()) {
            world.network.down(true);
            world.scheduler.after(
                    Fault.seconds(random, 1, 120),
                    "",
                    () -> {
                        if (!world.isRestored()) {
                            world.network.down(false);
                        }
                    });
        }
    }
}
