package io.croft.sim;

import io.croft.adapter.file.SimDisk;
import io.croft.adapter.run.HealthStamp.Sign;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.block.Block;
import io.croft.core.block.Ownership.Returning;
import io.croft.core.time.BootTime;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.Spool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A machine at one moment, with its memory: its agent's process stands still, and the machine goes
 * on with another one, as if the agent had been killed. Put back, the process goes on with the boot
 * clock of that moment, and pods that were running run again.
 *
 * <p>A pod whose block left the machine meanwhile is past help by anybody, and does not come back.
 * The wall clock is right at once: an agent cannot know of a winding back that no clock shows.
 */
final class WoundBack {
    private final World world;
    private final Machine machine;
    private final AgentProcess process;
    private final SimDisk disk;
    private final BootTime at;
    private final int boots;
    private final Optional<Sign> sign;
    private final List<Spool.Entry> spooled;
    private final Map<Sandbox, Map<BlockAddress, BlockOwner>> pods = new HashMap<>();

    private WoundBack(World world, Machine machine, AgentProcess process) {
        this.world = world;
        this.machine = machine;
        this.process = process;
        this.disk = machine.disk();
        this.at = machine.bootTime();
        this.boots = machine.boots();
        this.sign = machine.sign();
        this.spooled = machine.run.entries();
    }

    /** Empty: there is no agent that serves. */
    static Optional<WoundBack> of(World world, Machine machine) {
        return machine.agent()
                .filter(AgentProcess::isServing)
                .map(process -> {
                    var moment = new WoundBack(world, machine, process);
                    moment.keepPods();
                    process.standStill();
                    machine.goOnWithout(process);
                    return moment;
                });
    }

    private void keepPods() {
        for (Sandbox sandbox : world.checker.sandboxesOf(machine)) {
            Optional<Allocation> held = process.agent().state().allocation(sandbox.key);
            if (sandbox.isOwedAnAddress() && held.isPresent()) {
                Map<BlockAddress, BlockOwner> owners = new HashMap<>();
                for (BlockAddress each : held.get().addresses()) {
                    world.server.owner(each.block()).ifPresent(owner -> owners.put(each, owner));
                }
                pods.put(sandbox.again(), owners);
            }
        }
    }

    /**
     * The machine goes back.
     *
     * @param alone for so long it does not reach etcd then
     */
    void putBack(Duration alone) {
        boolean possible = machine.isOn() && machine.boots() == boots;
        if (!possible || world.isRestored() || world.isHealed()) {
            process.over();
            return;
        }
        world.scheduler.say("%s is wound back to %s".formatted(machine, at));
        List<Sandbox> running = new ArrayList<>();
        for (var pod : pods.entrySet()) {
            if (pod.getValue().entrySet().stream().allMatch(this::isStillMine)) {
                running.add(pod.getKey());
            }
        }
        running.sort(java.util.Comparator.comparing(each -> each.key));
        if (!alone.isZero()) {
            machine.place.become(Network.Weather.CUT);
            world.scheduler.after(
                    alone,
                    machine + " reaches etcd again",
                    () -> machine.place.become(Network.Weather.FINE));
        }
        machine.windBack(process, disk, at, sign, spooled, running);
        world.checker.woundBack(machine, process.agent());
    }

    private boolean isStillMine(Map.Entry<BlockAddress, BlockOwner> given) {
        BlockAddress each = given.getKey();
        boolean owned =
                world.server.owner(each.block()).filter(given.getValue()::equals).isPresent();
        boolean goesBack =
                machine.agent()
                        .filter(AgentProcess::hasAgent)
                        .flatMap(agent -> agent.agent().state().block(each.block()))
                        .map(Block::ownership)
                        .filter(now -> !(now instanceof Returning))
                        .isEmpty();
        Sandbox user = world.checker.userOf(each.address());
        return owned && !goesBack && (user == null || user.machine == machine);
    }
}
