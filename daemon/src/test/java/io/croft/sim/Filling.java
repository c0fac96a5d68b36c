package io.croft.sim;

import io.croft.core.address.Address;
import io.croft.core.allocation.Workload;
import io.croft.core.engine.Timings;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.testing.Some;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Proof that nothing leaked: after a reboot of all machines, and with the blocks taken of those
 * that stay off, every address of the pool can be given.
 */
final class Filling {
    private static final int ROUNDS = 40;
    private static final int AT_ONCE = 8;

    private final World world;
    private final Set<Address> given = new TreeSet<>();
    private int asked;

    Filling(World world) {
        this.world = world;
    }

    void run() {
        int capacity = world.pools().capacity();
        world.machines().stream().filter(Machine::isOn).forEach(Machine::reboot);
        world.pass(Duration.ofSeconds(100));
        world.machines().stream()
                .filter(machine -> !machine.isOn())
                .forEach(world.operator::reclaimInstall);
        for (int round = 0; round < ROUNDS && given.size() < capacity; round++) {
            world.machines().forEach(this::ask);
            world.pass(Duration.ofSeconds(10));
        }
        if (given.size() != capacity) {
            throw new Failure(
                    "leak",
                    "etcd",
                    "%d of %d addresses could be given; owners are %s"
                            .formatted(given.size(), capacity, world.server.owners()));
        }
    }

    private void ask(Machine machine) {
        machine.agent()
                .filter(AgentProcess::isServing)
                .ifPresent(process -> {
                    for (int i = 0; i < AT_ONCE; i++) {
                        String namespace =
                                i % 4 == 0 && world.pools().team() ? Pools.TEAM : Pools.NAMESPACE;
                        var add =
                                new Allocate(
                                        Some.attachment("fill-" + ++asked),
                                        machine.bootTime(),
                                        AddressWish.NONE,
                                        new Workload(namespace, "", "", Optional.empty()),
                                        "");
                        var _ =
                                process.agent()
                                        .loop()
                                        .submit(add, machine.bootTime().plus(Timings.ADD_WAIT))
                                        .thenAccept(
                                                grant -> given.addAll(Held.of(grant.allocation())));
                    }
                    process.wake();
                });
    }
}
