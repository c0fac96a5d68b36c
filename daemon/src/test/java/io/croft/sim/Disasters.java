package io.croft.sim;

import io.croft.adapter.file.Fault;
import io.croft.adapter.file.SimDisk;
import io.croft.adapter.run.HealthStamp.Sign;
import io.croft.core.engine.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What the faults do. */
final class Disasters {
    private static final Path JOURNAL = Path.of("/state/journal");

    private Disasters() {}

    static void killAtCall(World world, Machine machine, Random random) {
        var when = List.of(Fault.CRASH_BEFORE, Fault.CRASH_WITHIN, Fault.CRASH_AFTER);
        machine.disk().failAt(1 + random.nextInt(40), when.get(random.nextInt(when.size())));
    }

    static void restarted(World world, Machine machine, Random random) {
        FakeRuntime runtime = world.runtime(machine);
        anyPod(world, machine, random)
                .ifPresent(sandbox -> {
                    var straggler = new Shim(world, sandbox);
                    int era = machine.era();
                    runtime.stop(sandbox);
                    world.scheduler.after(
                            Duration.ofMillis(500 + random.nextInt(1_000)),
                            "",
                            () -> {
                                if (machine.isOn() && machine.era() == era) {
                                    runtime.end(sandbox);
                                    runtime.begin(sandbox.key);
                                }
                            });
                    world.scheduler.after(
                            Duration.ofMillis(1_500 + random.nextInt(6_000)),
                            "",
                            () -> straggler.del(() -> {}));
                });
    }

    private static Optional<Sandbox> anyPod(World world, Machine machine, Random random) {
        return world.checker.sandboxesOf(machine).stream()
                .filter(Sandbox::isOwedAnAddress)
                .skip(random.nextInt(4))
                .findFirst();
    }

    static void undone(World world, Machine machine, Random random) {
        anyPod(world, machine, random)
                .ifPresent(sandbox -> {
                    var shim = new Shim(world, sandbox);
                    shim.add(_ -> {});
                    world.scheduler.after(
                            Duration.ofNanos(100_000 + random.nextInt(1_000_000)),
                            "",
                            () -> {
                                machine.kill();
                                shim.orphan();
                            });
                });
    }

    /** Before its call or after it. */
    static void killAtIntent(World world, Machine machine, Random random) {
        machine.atIntent(
                random.nextBoolean() ? Event.ClaimIntended.class : Event.BlockRetired.class,
                () ->
                        world.scheduler.after(
                                Duration.ofNanos(random.nextInt(6_000_000)), "", machine::kill));
    }

    static void eio(World world, Machine machine, Random random) {
        machine.disk().failAt(1 + random.nextInt(40), Fault.EIO);
    }

    static void agentAway(World world, Machine machine, Random random) {
        machine.wantAgent(false);
        machine.kill();
        world.scheduler.after(
                io.croft.sim.Fault.seconds(random, 5, 900), "", () -> machine.wantAgent(true));
    }

    static void slowDisk(World world, Machine machine, Random random) {
        machine.stall(Duration.ofMillis(50 + random.nextInt(random.nextBoolean() ? 500 : 8_000)));
        world.scheduler.after(
                io.croft.sim.Fault.seconds(random, 5, 120), "", () -> machine.stall(Duration.ZERO));
    }

    static void unsureLooks(World world, Machine machine, Random random) {
        machine.host.unsure(true);
        world.scheduler.after(
                io.croft.sim.Fault.seconds(random, 5, 300), "", () -> machine.host.unsure(false));
    }

    /** The agent that came up with the mount goes with it. */
    static void oldMount(World world, Machine machine, Random random) {
        machine.host.oldMount(true);
        machine.kill();
        world.scheduler.after(
                io.croft.sim.Fault.seconds(random, 5, 400),
                "",
                () -> {
                    if (machine.host.isOldMount()) {
                        machine.host.oldMount(false);
                        machine.kill();
                    }
                });
    }

    static void reboot(World world, Machine machine, Random random) {
        machine.powerOff();
        world.scheduler.after(io.croft.sim.Fault.seconds(random, 1, 120), "", machine::powerOn);
    }

    static void diskFull(World world, Machine machine, Random random) {
        SimDisk disk = machine.disk();
        disk.capacity(40_000 + random.nextInt(120_000));
        world.scheduler.after(
                io.croft.sim.Fault.seconds(random, 5, 120),
                "",
                () -> disk.capacity(Long.MAX_VALUE));
    }

    static void journalLost(World world, Machine machine, Random random) {
        if (machine.isOn()) {
            world.checker.journalLost(machine);
            machine.withoutAgent(() -> machine.replaceDisk(new SimDisk()));
        }
    }

    static void journalFlipped(World world, Machine machine, Random random) {
        damage(
                world,
                machine,
                random,
                content -> {
                    int at =
                            random.nextInt(random.nextBoolean() ? content.length : 2_000)
                                    % content.length;
                    content[at] ^= (byte) (1 << random.nextInt(8));
                });
    }

    /**
     * One in the middle of the records. Without the last one the journal of the same boot looks as
     * if its last record had been cut off, which nobody can tell.
     */
    static void journalPage(World world, Machine machine, Random random) {
        damage(
                world,
                machine,
                random,
                content -> {
                    int page = 512;
                    int end = content.length;
                    while (end > 0 && content[end - 1] == 0) {
                        end--;
                    }
                    int pages = Math.min(end, 4_096) / page - 2;
                    if (pages > 0) {
                        int at = random.nextInt(pages) * page;
                        Arrays.fill(content, at, at + page, (byte) 0);
                    }
                });
    }

    private static void damage(
            World world, Machine machine, Random random, java.util.function.Consumer<byte[]> how) {
        if (!machine.isOn()) {
            return;
        }
        machine.withoutAgent(() -> {
            try {
                List<String> files = machine.disk().list(JOURNAL);
                if (files.isEmpty()) {
                    return;
                }
                Path file = JOURNAL.resolve(files.get(random.nextInt(files.size())));
                byte[] content = machine.disk().content(file);
                if (content.length > 0) {
                    how.accept(content);
                    world.checker.journalLost(machine);
                }
            } catch (IOException none) {
                world.scheduler.say(machine + " has no journal to damage");
            }
        });
    }

    /** Older than the last sign of health, as design.md says: a younger copy cannot be told. */
    static void journalBack(World world, Machine machine, Random random) {
        Optional<AgentProcess> agent = machine.agent().filter(AgentProcess::isServing);
        if (agent.isEmpty()) {
            return;
        }
        SimDisk copy = machine.disk().copy();
        long sequence = agent.get().agent().sign().journalSequence();
        var install = agent.get().agent().install();
        int boot = machine.boots();
        world.scheduler.after(
                io.croft.sim.Fault.seconds(random, 6, 200),
                machine + " gets its state directory back from a copy",
                () -> {
                    Optional<Sign> sign =
                            machine.sign()
                                    .filter(s -> s.journalSequence() > sequence)
                                    .filter(s -> s.installId().equals(install));
                    if (machine.isOn()
                            && machine.boots() == boot
                            && sign.isPresent()
                            && !world.isHealed()) {
                        world.checker.journalLost(machine);
                        machine.withoutAgent(() -> machine.replaceDisk(copy));
                    }
                });
    }

    static void reimage(World world, Machine machine, Random random) {
        machine.powerOff();
        machine.replaceDisk(new SimDisk());
        world.scheduler.after(io.croft.sim.Fault.seconds(random, 1, 120), "", machine::powerOn);
    }

    static void wallClock(World world, Machine machine, Random random) {
        long far = random.nextBoolean() ? 100_000 : 40;
        Duration years = Duration.ofDays(56 * 365);
        machine.skewWall(
                random.nextInt(4) == 0
                        ? years.negated().toNanos()
                        : Duration.ofSeconds(random.nextInt(80) - 40).multipliedBy(far).toNanos());
        world.scheduler.after(
                io.croft.sim.Fault.seconds(random, 1, 100),
                machine + " has the right time again",
                () -> machine.skewWall(0));
    }

    /**
     * A second agent on a copy of the state directory takes the place of the first, which goes on
     * and which nobody calls.
     */
    static void twin(World world, Machine machine, Random random) {
        machine.agent()
                .filter(AgentProcess::isServing)
                .ifPresent(first -> {
                    first.goOnAlone();
                    machine.goOnBeside(first);
                });
    }

    static void woundBack(World world, Machine machine, Random random) {
        // Half of them in a network that does not reach etcd for a while.
        Duration alone =
                random.nextBoolean() ? Duration.ZERO : io.croft.sim.Fault.seconds(random, 5, 90);
        WoundBack.of(world, machine)
                .ifPresent(moment ->
                        world.scheduler.after(
                                io.croft.sim.Fault.seconds(random, 62, 300),
                                "",
                                () -> moment.putBack(alone)));
    }

    /** Hardware id or node name is another than the original's; both are never the same. */
    static void cloned(World world, Machine machine, Random random) {
        if (world.machines().size() < 8) {
            boolean sameName = random.nextBoolean();
            world.clone(machine, machine.disk().copy(), sameName);
        }
    }
}
