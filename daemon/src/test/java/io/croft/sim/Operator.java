package io.croft.sim;

import io.croft.adapter.etcd.SimBackup;
import io.croft.core.engine.Timings;
import io.croft.core.rejection.RejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Who acts by hand: follows the runbooks, and every word is true. Machines are said to be off when
 * they are, and rebooted when they were.
 */
final class Operator {
    private static final Duration LOOK = Duration.ofSeconds(7);

    private final World world;
    private final Unfreezing unfreezing;
    private final List<SimBackup> backups = new ArrayList<>();

    Operator(World world) {
        this.world = world;
        this.unfreezing = new Unfreezing(world, this);
    }

    void backUp() {
        backups.add(world.server.backup());
    }

    /** etcd is stopped, put back from a backup, and started; then the runbook. */
    void restore(Random random) {
        if (backups.isEmpty() || world.isRestored()) {
            return;
        }
        SimBackup backup = backups.get(random.nextInt(backups.size()));
        world.network.down(true);
        world.restored(true);
        boolean otherCluster = random.nextInt(3) > 0;
        // Of copies of disks only some can tell that they are old, so the operator must say it.
        boolean disks = random.nextInt(4) == 0;
        boolean freezesFirst = disks || random.nextBoolean();
        long bump = random.nextBoolean() ? 0 : random.nextBoolean() ? 1_000_000_000L : 500;
        Runnable restore =
                disks
                        ? () -> world.server.rollBack(backup)
                        : () -> world.server.restore(backup, bump, otherCluster);
        world.scheduler.after(
                Fault.seconds(random, 2, 40),
                "operator restores etcd, disks %s, bump %d, other cluster %s, freezes first %s"
                        .formatted(disks, bump, otherCluster, freezesFirst),
                () -> {
                    if (random.nextInt(4) == 0) {
                        // Somebody starts an empty one first.
                        world.scheduler.say("etcd is empty");
                        world.server.becomeEmpty();
                        world.network.down(false);
                        long till = world.scheduler.now() + seconds(random, 1, 60);
                        world.scheduler.at(till, "", () -> world.network.down(true));
                        world.scheduler.at(till + 1, "", () -> putBack(restore, freezesFirst));
                    } else {
                        putBack(restore, freezesFirst);
                    }
                });
    }

    /**
     * The machines of etcd go back to copies of their disks, and the freeze comes late: the raft
     * log goes on from then, so that only who saw more of it can tell.
     */
    void rollBack() {
        if (!backups.isEmpty() && !world.isRestored()) {
            world.scheduler.say("the disks of etcd are put back from copies");
            world.network.down(true);
            world.restored(true);
            SimBackup copy = backups.getLast();
            putBack(() -> world.server.rollBack(copy), false);
            world.scheduler.after(
                    Timings.AFTER_LOSS.minusSeconds(5), "operator freezes", this::freeze);
        }
    }

    private static long seconds(Random random, int least, int most) {
        return Fault.seconds(random, least, most).toNanos();
    }

    private void putBack(Runnable restore, boolean freezesFirst) {
        restore.run();
        // Backups of the log that was given up cannot be told from this one's.
        backups.clear();
        unfreezing.begin();
        if (freezesFirst && world.controls.minds()) {
            freeze();
        }
        world.network.down(false);
        if (!world.controls.minds()) {
            world.restored(false);
        }
        unfreezing.watch();
    }

    private void freeze() {
        ask(() -> {
            if (world.isRestored() && !world.server.isFrozen()) {
                world.server.freeze("restored");
            }
            return true;
        });
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
