package io.croft.sim;

import io.croft.adapter.etcd.SimServer.Missing;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The operator after a restore, by docs/runbooks/etcd-restored.md: reboots who lost its journal,
 * gives a word for each install whose machine is off or was rebooted, and unfreezes.
 */
final class Unfreezing {
    private static final Duration LOOK = Duration.ofSeconds(7);

    /** Until an agent that can speak after a boot has spoken. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final World world;
    private final Operator operator;
    private final Map<Machine, Integer> bootsAtFreeze = new HashMap<>();
    private final Map<Machine, Long> rebooted = new HashMap<>();
    private boolean watching;

    Unfreezing(World world, Operator operator) {
        this.world = world;
        this.operator = operator;
    }

    /** A store was put back: from now on boots count. */
    void begin() {
        bootsAtFreeze.clear();
        rebooted.clear();
        world.machines().forEach(each -> bootsAtFreeze.put(each, each.boots()));
    }

    /** Looks, and looks again until it is over. */
    void watch() {
        if (!watching) {
            watching = true;
            again();
        }
    }

    private void again() {
        world.scheduler.after(
                LOOK,
                "",
                () -> {
                    if (world.isRestored()) {
                        tryUnfreeze();
                        again();
                    } else {
                        watching = false;
                    }
                });
    }

    private void tryUnfreeze() {
        // Not while the cluster's etcd is another one, which is empty.
        if (!operator.ask(world.server::isFrozen).orElse(false)) {
            return;
        }
        Optional<Map<UUID, Missing>> missing = operator.ask(world.server::missing);
        if (missing.isEmpty()) {
            return;
        }
        Set<String> words = new HashSet<>();
        Set<String> spoken = spoken();
        for (var entry : missing.get().entrySet()) {
            String install = entry.getKey().toString();
            boolean isLost = entry.getValue().why().contains("lost journal");
            spoken.remove(install);
            List<Machine> machines = machinesOf(install, entry.getValue().node());
            if (world.controls.unfreezesBlindly()
                    || world.technician.isScrapped(install)
                    || machines.stream().allMatch(each -> isOver(each, install, isLost))) {
                words.add(install);
            } else if (isLost) {
                // The runbook: it counts as missing until its machine reboots.
                machines.stream()
                        .filter(each -> !isOver(each, install, true))
                        .forEach(this::rebootOnce);
                return;
            }
        }
        boolean allKnown = words.size() == missing.get().size();
        boolean othersOff =
                world.controls.unfreezesBlindly()
                        || world.machines().stream()
                                .allMatch(each ->
                                        isOver(each) || spoken.contains(each.lastInstall()));
        if (!allKnown || !othersOff) {
            return;
        }
        operator.ask(() -> {
            if (world.controls.unfreezesBlindly()) {
                world.server.forgetSignsOfLife();
            }
            world.server.unfreeze(words);
            world.scheduler.say("operator unfreezes, with a word for " + words.size());
            world.restored(false);
            return true;
        });
    }

    /**
     * Those that had it: {@code croft node show} lists its hardware id and its boot. The word for a
     * name would be one for a clone of that name too.
     */
    private List<Machine> machinesOf(String install, String node) {
        List<Machine> had =
                world.machines().stream()
                        .filter(each -> each.installs().contains(install))
                        .toList();
        return had.isEmpty() ? world.machinesNamed(node) : had;
    }

    /** Once more if it lost its journal again; who lives in that boot is believed no word for. */
    private void rebootOnce(Machine machine) {
        long now = world.scheduler.now();
        Long before = rebooted.get(machine);
        if (before == null || now - before > PATIENCE.toNanos()) {
            rebooted.put(machine, now);
            machine.reboot();
        }
    }

    /**
     * Off, or rebooted since the freeze. One that lost its journal also since it had that install;
     * and the present one speaks in full after the reboot.
     */
    private boolean isOver(Machine machine, String install, boolean isLost) {
        return isLost
                ? !machine.isOn()
                        || (isOver(machine)
                                && machine.lastBootOf(install) < machine.boots()
                                && !machine.lastInstall().equals(install))
                : isOver(machine);
    }

    private boolean isOver(Machine machine) {
        return !machine.isOn() || machine.boots() > bootsAtFreeze.getOrDefault(machine, 0);
    }

    /** Installs that re-asserted in this freeze; a restored store has words of none. */
    private Set<String> spoken() {
        Set<String> spoken = new HashSet<>();
        world.server
                .content("asserted")
                .keySet()
                .forEach(key -> spoken.add(key.substring(key.lastIndexOf('/') + 1)));
        return spoken;
    }
}
