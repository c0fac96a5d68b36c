package io.croft.sim;

import io.croft.core.engine.Event;
import io.croft.sim.Network.Weather;
import io.croft.testing.Some;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Worlds in which some rule is needed more often than in those that seeds draw. */
final class Scenes {
    private Scenes() {}

    /** Returns arrive minutes after they were sent, and their agent was killed at once. */
    static Controls lateReturnsOfKilled() {
        return every(
                4,
                (world, _, machine) ->
                        hold(world, machine, Event.BlockRetired.class, machine::kill));
    }

    /**
     * Claims arrive minutes after their machine went off, was reclaimed, and came back with an
     * empty disk.
     */
    static Controls lateClaimsOfReclaimed() {
        return every(
                20,
                (world, random, machine) ->
                        hold(
                                world,
                                machine,
                                Event.ClaimIntended.class,
                                () -> {
                                    world.operator.reclaim(machine, random);
                                    world.scheduler.after(
                                            Duration.ofSeconds(58),
                                            "",
                                            () -> Disasters.reimage(world, machine, random));
                                }));
    }

    /**
     * The disks of etcd go back to before what others own now, and who reaches it first was cut off
     * since before they were copied: nothing that it knows contradicts what it finds.
     */
    static Controls rolledBackWhileOneWasCutOff() {
        return every(10, Scenes::rollBack);
    }

    private static void rollBack(World world, Random random, Machine first) {
        if (world.isRestored() || first.place.weather() == Weather.CUT) {
            return;
        }
        first.place.become(Weather.CUT);
        world.scheduler.after(
                Duration.ofSeconds(3),
                "",
                () -> {
                    world.operator.backUp();
                    world.machines().stream()
                            .filter(each -> each != first)
                            .forEach(each -> burst(world, each, 6));
                });
        world.scheduler.after(
                Fault.seconds(random, 10, 40),
                "",
                () -> {
                    world.operator.rollBack();
                    world.machines().forEach(each -> each.place.become(Weather.CUT));
                    world.scheduler.after(
                            Duration.ofMillis(random.nextInt(1_000)),
                            "",
                            () -> {
                                first.place.become(Weather.FINE);
                                burst(world, first, 12);
                            });
                    world.scheduler.after(
                            Fault.seconds(random, 5, 20),
                            "",
                            () ->
                                    world.machines()
                                            .forEach(each -> each.place.become(Weather.FINE)));
                });
    }

    /** So many pods at once that the node must claim. */
    private static void burst(World world, Machine machine, int pods) {
        for (int i = 0; i < pods; i++) {
            world.runtime(machine).begin(Some.attachment(machine.name + "-b" + i));
        }
    }

    private static void hold(
            World world, Machine machine, Class<? extends Event> kind, Runnable then) {
        machine.atIntent(
                kind,
                () -> {
                    world.network.holding(1_000);
                    world.scheduler.after(
                            Duration.ofMillis(2),
                            "",
                            () -> {
                                world.network.holding(0);
                                then.run();
                            });
                });
    }

    /** Clones have both, name and hardware id. */
    static Controls copies() {
        return WorldRules.copiesAll(new Effects());
    }

    private interface Deed {
        void in(World world, Random random, Machine machine);
    }

    private static Controls every(int seconds, Deed deed) {
        return new Controls() {
            @Override
            public void spoil(World world) {
                again(world, world.scheduler.random("scene " + seconds));
            }

            private void again(World world, Random random) {
                world.scheduler.after(
                        Duration.ofSeconds(seconds),
                        "",
                        () -> {
                            if (!world.isHealed()) {
                                List<Machine> all = world.machines();
                                deed.in(world, random, all.get(random.nextInt(all.size())));
                                again(world, random);
                            }
                        });
            }
        };
    }
}
