package io.croft.sim;

import io.croft.adapter.etcd.SimServer.Backup;
import io.croft.adapter.etcd.SimServer.Missing;
import io.croft.core.rejection.RejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Who acts by hand: follows the runbooks, and every word is true. Machines are said to be off when
 * they are, and rebooted when they were.
 */
final class Operator {
    private static final Duration LOOK = Duration.ofSeconds(7);

    /** Until an agent that can speak after a boot has spoken. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final World world;
    private final List<Backup> backups = new ArrayList<>();
    private final Map<Machine, Integer> bootsAtFreeze = new HashMap<>();
    private final Map<Machine, Long> rebooted = new HashMap<>();
    private boolean watching;

    Operator(World world) {
        this.world = world;
    }

    void backUp() {
        backups.add(world.server.backup());
    }

    /** etcd is stopped, put back from a backup, and started; then the runbook. */
    void restore(Random random) {
        if (backups.isEmpty() || world.isRestored()) {
            return;
        }
        Backup backup = backups.get(random.nextInt(backups.size()));
        world.network.down(true);
        world.restored(true);
        boolean otherCluster = random.nextInt(3) > 0;
        boolean freezesFirst = random.nextBoolean();
        long bump = random.nextBoolean() ? 0 : random.nextBoolean() ? 1_000_000_000L : 500;
        world.scheduler.after(
                Fault.seconds(random, 2, 40),
                "operator restores etcd, bump %d, other cluster %s, freezes first %s"
                        .formatted(bump, otherCluster, freezesFirst),
                () -> {
                    if (random.nextInt(4) == 0) {
                        // Somebody starts an empty one first.
                        world.scheduler.say("etcd is empty");
                        world.server.becomeEmpty();
                        world.network.down(false);
                        long till = world.scheduler.now() + seconds(random, 1, 60);
                        world.scheduler.at(till, "", () -> world.network.down(true));
                        world.scheduler.at(
                                till + 1,
                                "",
                                () -> putBack(backup, bump, otherCluster, freezesFirst));
                    } else {
                        putBack(backup, bump, otherCluster, freezesFirst);
                    }
                });
    }

    private static long seconds(Random random, int least, int most) {
        return Fault.seconds(random, least, most).toNanos();
    }

    private void putBack(Backup backup, long bump, boolean otherCluster, boolean freezesFirst) {
        world.server.restore(backup, bump, otherCluster);
        // Backups of the log that was given up cannot be told from this one's.
        backups.clear();
        bootsAtFreeze.clear();
        rebooted.clear();
        world.machines().forEach(each -> bootsAtFreeze.put(each, each.boots()));
        if (freezesFirst && world.controls.minds()) {
            ask(() -> {
                world.server.freeze("restored");
                return true;
            });
        }
        world.network.down(false);
        if (!world.controls.minds()) {
            world.restored(false);
        }
        watch();
    }

    private void watch() {
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
        if (!world.server.isFrozen()) {
            return;
        }
        Optional<Map<UUID, Missing>> missing = ask(world.server::missing);
        if (missing.isEmpty()) {
            return;
        }
        Set<String> words = new HashSet<>();
        Set<String> spoken = spoken();
        for (var entry : missing.get().entrySet()) {
            Missing each = entry.getValue();
            spoken.remove(entry.getKey().toString());
            List<Machine> machines = world.machinesNamed(each.node());
            boolean isLost = each.why().contains("lost journal");
            if (world.controls.unfreezesBlindly()
                    || world.technician.isScrapped(entry.getKey().toString())
                    || machines.stream()
                            .allMatch(isLost ? machine -> !machine.isOn() : this::isOver)) {
                words.add(entry.getKey().toString());
            } else if (isLost) {
                // The runbook: it counts as missing until its machine reboots.
                machines.stream().filter(Machine::isOn).forEach(this::rebootOnce);
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
        ask(() -> {
            if (world.controls.unfreezesBlindly()) {
                world.server.forgetSignsOfLife();
            }
            world.server.unfreeze(words);
            world.scheduler.say("operator unfreezes, with a word for " + words.size());
            world.restored(false);
            return true;
        });
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

    /** Off, or rebooted since the freeze. */
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

    /** A machine is off for good, as far as anybody knows: its blocks are taken. */
    void reclaim(Machine machine, Random random) {
        // The word is for a name, and so for all machines that have it.
        world.machinesNamed(machine.node()).forEach(Machine::powerOff);
        long until = world.scheduler.now() + Fault.seconds(random, 60, 300).toNanos();
        reclaimUntil(machine, until);
    }

    private void reclaimUntil(Machine machine, long until) {
        if (world.scheduler.now() > until
                || world.machinesNamed(machine.node()).stream().anyMatch(Machine::isOn)) {
            world.machinesNamed(machine.node()).forEach(Machine::powerOn);
            return;
        }
        Optional<Long> taken = ask(() -> world.server.reclaim(machine.node()));
        taken.ifPresent(blocks ->
                world.scheduler.say(
                        "operator reclaims %s, %d blocks".formatted(machine.node(), blocks)));
        world.scheduler.after(Duration.ofSeconds(9), "", () -> reclaimUntil(machine, until));
    }

    /** Of a machine that stays off, and whose name may be another's. */
    void reclaimInstall(Machine machine) {
        ask(() -> world.server.reclaim(machine.lastInstall()));
    }

    /** A control: silence counts as death. */
    void reclaimAllThatAreSilent() {
        world.scheduler.after(
                LOOK,
                "",
                () -> {
                    for (Machine machine : world.machines()) {
                        ask(() -> world.server.reclaim(machine.node()));
                    }
                    reclaimAllThatAreSilent();
                });
    }

    /** The node is drained, leaves, and its agent starts again some time later. */
    void leave(Machine machine, Random random) {
        Optional<AgentProcess> agent = machine.agent().filter(AgentProcess::isServing);
        if (agent.isEmpty()) {
            return;
        }
        world.runtime(machine).drain(0);
        world.runtime(machine).pause(Duration.ofMinutes(2));
        world.scheduler.after(
                Fault.seconds(random, 1, 30),
                "%s is told to leave".formatted(machine),
                () ->
                        agent.filter(AgentProcess::isServing)
                                .ifPresent(process -> {
                                    process.agent()
                                            .leave()
                                            .whenComplete((done, failure) -> {
                                                world.scheduler.say(
                                                        "%s leaves: %s"
                                                                .formatted(
                                                                        machine,
                                                                        failure == null
                                                                                ? "done"
                                                                                : failure
                                                                                        .getMessage()));
                                                if (failure == null) {
                                                    world.scheduler.after(
                                                            Fault.seconds(random, 1, 60),
                                                            "",
                                                            machine::kill);
                                                }
                                            });
                                    process.wake();
                                }));
    }

    /** What etcd says, or nothing: a refusal is no failure of the operator's. */
    <T> Optional<T> ask(Supplier<T> what) {
        try {
            return Optional.of(what.get());
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RejectedException refused) {
                world.scheduler.say("operator is refused: " + refused.rejection().message());
                return Optional.empty();
            }
            throw failed;
        } catch (RejectedException refused) {
            world.scheduler.say("operator is refused: " + refused.rejection().message());
            return Optional.empty();
        }
    }
}
