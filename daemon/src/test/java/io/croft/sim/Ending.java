package io.croft.sim;

import io.croft.adapter.file.SimDisk;
import io.croft.agent.SimAgent;
import io.croft.core.address.Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The end of a run: faults stop, all heals, time passes, and then everything must be in order. */
final class Ending {
    private final World world;

    Ending(World world) {
        this.world = world;
    }

    void run() {
        heal();
        world.pass(Duration.ofSeconds(150));
        world.machines().forEach(this::replaceSuperseded);
        // Who is missing after a restore is started, or rebooted, by hand.
        for (int i = 0; i < 60 && world.isRestored(); i++) {
            world.pass(Duration.ofSeconds(10));
        }
        if (world.isRestored()) {
            throw new Failure(
                    "restore",
                    "operator",
                    world.server.isFrozen()
                            ? "the freeze does not end: " + world.server.missing()
                            : "nobody noticed");
        }
        world.technician.reclaimScrapped();
        world.pass(Duration.ofSeconds(60));
        world.machines().forEach(each -> world.runtime(each).rest());
        world.pass(Duration.ofSeconds(30));
        world.machines().forEach(each -> world.runtime(each).sweep());
        world.machines().forEach(world.ends::mustHaveEnded);
        // What nobody could judge rests for ten minutes.
        world.pass(Duration.ofSeconds(30));
        world.machines().forEach(each -> world.runtime(each).collect(false));
        world.pass(Duration.ofSeconds(10));
        world.machines().stream().filter(Machine::isOn).forEach(this::mustServe);
        Set<String> before = open();
        world.pass(Duration.ofSeconds(30));
        before.retainAll(open());
        if (!before.isEmpty()) {
            throw new Failure("open intent", before.iterator().next(), before.toString());
        }
        mustBeClean();
        new PoolEdits(world).resumeAll();
        world.pass(Duration.ofSeconds(60));
        new Filling(world).run();
    }

    private void heal() {
        world.scheduler.say("all heals");
        world.heal();
        world.network.lossy(0);
        world.network.slow(1);
        world.network.full(false);
        world.network.doubling(0);
        world.network.holding(0);
        world.network.silent(false);
        if (!world.isRestored()) {
            world.network.down(false);
        }
        for (Machine machine : world.machines()) {
            machine.place.become(Network.Weather.FINE);
            machine.disk().capacity(Long.MAX_VALUE);
            machine.skewWall(0);
            machine.stall(Duration.ZERO);
            machine.endTwins();
            machine.host.unsure(false);
            if (machine.host.isOldMount()) {
                machine.host.oldMount(false);
                machine.kill();
            }
            machine.disk().failAt(-1, io.croft.adapter.file.Fault.EIO);
            if (world.isCopy(machine)) {
                machine.powerOff();
            } else {
                machine.powerOn();
                machine.wantAgent(true);
            }
        }
    }

    /** The runbook of a machine that was wound back: drain, an empty disk, a reboot. */
    private void replaceSuperseded(Machine machine) {
        boolean superseded =
                machine.agent()
                        .filter(AgentProcess::isServing)
                        .flatMap(process -> process.agent().notServing())
                        .filter(why -> why.contains("took this install over"))
                        .isPresent();
        if (superseded) {
            machine.powerOff();
            machine.replaceDisk(new SimDisk());
            machine.powerOn();
        }
    }

    private void mustServe(Machine machine) {
        Optional<SimAgent> agent =
                machine.agent().filter(AgentProcess::isServing).map(AgentProcess::agent);
        if (agent.isEmpty()) {
            throw new Failure("not serving", machine.name, machine + " has no agent that serves");
        }
        agent.get()
                .notServing()
                .ifPresent(why -> {
                    throw new Failure("not serving", machine.name, machine + ": " + why);
                });
        if (!world.checker.mayForget(machine)) {
            List<Address> held =
                    agent.get().state().allocations().stream()
                            .flatMap(each -> Held.of(each).stream())
                            .sorted()
                            .toList();
            List<Address> live = world.runtime(machine).addresses();
            if (!held.containsAll(live)) {
                throw new Failure(
                        "forgotten", machine.name, machine + " holds " + held + ", live " + live);
            }
        }
    }

    /** Calls that are under way; one that is still so much later is stuck. */
    private Set<String> open() {
        Set<String> open = new TreeSet<>();
        for (Machine machine : world.machines()) {
            machine.agent()
                    .filter(AgentProcess::isServing)
                    .ifPresent(process ->
                            process.agent().state().blocks().stream()
                                    .map(block ->
                                            machine + " " + block.id() + " " + block.ownership())
                                    .filter(each ->
                                            each.contains("Claiming") || each.contains("Returning"))
                                    .forEach(open::add));
        }
        return open;
    }

    private void mustBeClean() {
        List<String> bad = world.server.audit();
        if (!bad.isEmpty()) {
            throw new Failure("audit", "etcd", bad.toString());
        }
    }
}
