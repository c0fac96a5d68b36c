package io.croft.sim;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.block.Block;
import io.croft.core.engine.Command;
import io.croft.core.engine.Event;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Rejection;
import io.croft.core.serving.Allocate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What holds of single decisions: their sequences, their families, and that none is refused. */
final class Decisions {
    private final World world;
    private final Map<UUID, Map<Long, Event>> numbers = new HashMap<>();

    Decisions(World world) {
        this.world = world;
    }

    void made(Machine machine, UUID install, List<Event> events) {
        for (Event event : events) {
            if (event instanceof Event.Renewed(var attachment, long number, var _, var _)) {
                number(machine, install, attachment, number, event);
            }
            if (event instanceof Event.Allocated(Allocation held)) {
                number(machine, install, held.attachment(), held.sequence(), event);
                int families =
                        (int)
                                held.addresses().stream()
                                        .map(each -> each.address().family())
                                        .distinct()
                                        .count();
                int wanted = world.pools().addressesOf(held.workload().namespace());
                if (families != wanted || held.addresses().size() != wanted) {
                    throw world.fail(
                            "families",
                            held.attachment().containerId(),
                            "%s gives %s, and not %d addresses".formatted(machine, held, wanted));
                }
            }
        }
    }

    private void number(
            Machine machine, UUID install, Attachment attachment, long given, Event event) {
        Event before = numbers.computeIfAbsent(install, _ -> new HashMap<>()).put(given, event);
        if (before != null) {
            throw world.fail(
                    "number",
                    attachment.containerId(),
                    "%s decides %s with the sequence of %s".formatted(machine, event, before));
        }
    }

    /** Nobody is refused who could have an address that was never used, whatever etcd does. */
    void refused(Machine machine, AgentProcess process, Command<?> command, Rejection why) {
        if (!(command instanceof Allocate add) || !process.isServing()) {
            return;
        }
        boolean excused =
                switch (why.reason()) {
                    case DELETED_MEANWHILE, JOURNAL_FULL, MAILBOX_FULL -> true;
                    default -> process.agent().notServing().isPresent();
                };
        boolean room =
                world.pools().all().stream()
                        .map(Pool::name)
                        .filter(name -> isFor(name, add.workload().namespace()))
                        .allMatch(name -> hasRoom(process, name));
        if (!excused && room) {
            throw world.fail(
                    "refused",
                    machine.name,
                    "%s refuses %s with free addresses: %s".formatted(machine, add, why));
        }
    }

    private boolean isFor(String pool, String namespace) {
        boolean teams = world.pools().team() && namespace.equals(Pools.TEAM);
        return pool.equals("teams") == teams;
    }

    private static boolean hasRoom(AgentProcess process, String name) {
        var state = process.agent().state();
        return state.pool(name)
                .filter(pool -> pool.state() == PoolState.ACTIVE)
                .filter(pool ->
                        state.blocks(pool.id()).stream()
                                .anyMatch(block -> block.isOwned() && unused(block) > 0))
                .isPresent();
    }

    private static int unused(Block block) {
        return block.unused();
    }
}
