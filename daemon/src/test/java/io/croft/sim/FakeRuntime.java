package io.croft.sim;

import io.croft.core.address.Address;
import io.croft.core.allocation.Attachment;
import io.croft.core.netns.Netns;
import io.croft.testing.Some;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The container runtime of one machine, and all that runtimes do wrongly: ADDs that are repeated
 * and killed, DELs that come twice, late or never, sandboxes that it forgets, partial lists.
 */
final class FakeRuntime {
    private static final int IDS = 40;

    private final World world;
    private final Machine machine;
    private final Random gaps;
    private Random random;
    private int deeds;
    private final List<Sandbox> known = new ArrayList<>();
    private final List<Sandbox> forgotten = new ArrayList<>();
    private final Plan plan;
    private boolean busy = true;
    private int windings;
    private long pausedUntil;

    FakeRuntime(World world, Machine machine, Plan plan) {
        this.world = world;
        this.machine = machine;
        this.gaps = world.scheduler.random(machine + " runtime");
        this.random = gaps;
        this.plan = plan;
    }

    void start() {
        world.scheduler.after(
                plan.gap().multipliedBy(gaps.nextInt(200)).dividedBy(100),
                "",
                () -> {
                    if (busy) {
                        var deed = new Plan.Deed(machine.name, deeds++);
                        // A source for each deed: one that is left out changes no other.
                        random = world.scheduler.random("runtime " + deed);
                        boolean may = machine.isOn() && world.scheduler.now() >= pausedUntil;
                        if (may && world.does(deed)) {
                            act();
                        }
                        start();
                    }
                });
    }

    private void act() {
        int what = random.nextInt(100);
        if (what < 45) {
            if (known.size() < plan.most()) {
                begin(Some.attachment(machine.name + "-c" + random.nextInt(IDS)));
            } else {
                anyToEnd().ifPresent(this::stop);
            }
        } else if (what < 75) {
            anyToEnd().ifPresent(this::stop);
        } else if (what < 80) {
            any().ifPresent(sandbox -> run(new Shim(world, sandbox), sandbox, false));
        } else if (what < 85) {
            any().ifPresent(sandbox -> new CheckCall(world, sandbox).run());
        } else if (what < 90) {
            strayDel();
        } else if (what < 94) {
            anyToEnd().ifPresent(this::vanish);
        } else {
            collect(random.nextInt(3) == 0);
        }
    }

    private Optional<Sandbox> any() {
        return after(0);
    }

    /** Mostly none of the oldest, where some are to stay. */
    private Optional<Sandbox> anyToEnd() {
        return after(random.nextInt(50) == 0 ? 0 : plan.lasting());
    }

    private Optional<Sandbox> after(int first) {
        int left = Math.max(1, known.size() - first);
        return known.stream().skip(first + random.nextInt(left)).findFirst();
    }

    /** A new sandbox. Its id may be that of one whose namespace is gone. */
    void begin(Attachment key) {
        Optional<Netns> netns = machine.host.create();
        if (isUsed(key) || netns.isEmpty()) {
            netns.ifPresent(machine.host::destroy);
            return;
        }
        var sandbox = new Sandbox(machine, key, netns.get(), random.nextInt(10) > 0);
        known.add(sandbox);
        world.checker.created(sandbox);
        run(new Shim(world, sandbox), sandbox, true);
    }

    /** An ADD; now and then it is killed, alone or with what it started, and begun again. */
    private void run(Shim shim, Sandbox sandbox, boolean first) {
        world.scheduler.say("%s ADD of %s".formatted(machine, sandbox));
        later(
                stall(),
                () ->
                        shim.add(succeeded -> {
                            if (!succeeded && first) {
                                stop(sandbox);
                            }
                        }));
        if (random.nextInt(12) == 0) {
            later(
                    Duration.ofNanos(random.nextInt(6_000_000)),
                    () -> {
                        if (!known.contains(sandbox)) {
                            return;
                        }
                        // Alone, or with what it started; or it goes on, and nobody listens.
                        switch (random.nextInt(3)) {
                            case 0 -> shim.kill();
                            case 1 -> shim.orphan();
                            default -> {}
                        }
                        if (random.nextBoolean()) {
                            run(new Shim(world, sandbox), sandbox, first);
                        } else {
                            stop(sandbox);
                        }
                    });
        }
    }

    /** Stamped, and then a machine that is too busy to let it go on. */
    private Duration stall() {
        return Duration.ofMillis(random.nextInt(12) == 0 ? random.nextInt(9_000) : 0);
    }

    /** DEL, mostly once; the namespace goes before or after it. */
    void stop(Sandbox sandbox) {
        if (!known.remove(sandbox)) {
            return;
        }
        forgotten.add(sandbox);
        sandbox.renamed = random.nextInt(25) == 0;
        boolean before = random.nextInt(3) == 0;
        if (before) {
            end(sandbox);
        }
        // Where nobody can look, the namespace goes with the DEL, as every runtime does.
        long alive = sandbox.named && random.nextInt(6) == 0 ? 900_000 : 3_000;
        long left = (long) (random.nextDouble() * alive);
        var shim = new Shim(world, sandbox);
        Runnable end = () -> later(Duration.ofMillis(left), () -> end(sandbox));
        shim.del(end);
        if (random.nextInt(15) == 0) {
            shim.kill();
            end.run();
        }
        if (random.nextInt(3) == 0) {
            later(Duration.ofMillis(random.nextInt(5_000)), () -> again(sandbox));
        }
    }

    /** A second DEL of the same sandbox, unless its id is another's by now. */
    private void again(Sandbox sandbox) {
        if (machine.isOn() && known.stream().noneMatch(each -> each.key.equals(sandbox.key))) {
            var shim = new Shim(world, sandbox);
            later(stall(), () -> shim.del(() -> {}));
        }
    }

    void end(Sandbox sandbox) {
        if (sandbox.isLive()) {
            world.scheduler.say("%s ends".formatted(sandbox));
            sandbox.end();
            world.checker.ended(sandbox);
        }
    }

    /** The runtime forgets it; its namespace is gone, and no DEL comes. */
    private void vanish(Sandbox sandbox) {
        world.scheduler.say("%s vanishes".formatted(sandbox));
        known.remove(sandbox);
        forgotten.add(sandbox);
        end(sandbox);
    }

    /** All sandboxes are gone, and the boot is the same. */
    void vanishAll() {
        List.copyOf(known).forEach(this::vanish);
    }

    /** Whether a sandbox lives, or may come yet, that has that key. */
    boolean isUsed(Attachment key) {
        return Stream.concat(known.stream(), forgotten.stream().filter(Sandbox::isLive))
                .anyMatch(each -> each.key.equals(key));
    }

    private void strayDel() {
        var key = Some.attachment(machine.name + "-c" + random.nextInt(IDS));
        if (!isUsed(key)) {
            var nobody = new Sandbox(machine, key, new Netns("/run/netns/none", 0, 0), false);
            new Shim(world, nobody).del(() -> {});
        }
    }

    /** CNI GC, with the list of all that it knows or a part of it. */
    void collect(boolean partial) {
        GarbageCall.of(world, machine)
                .ifPresent(call ->
                        call.run(
                                known.stream()
                                        .filter(_ -> !partial || random.nextInt(3) > 0)
                                        .toList()));
    }

    /** All processes and namespaces ended with the machine; it forgets them. */
    void poweredOff() {
        List.copyOf(known).forEach(this::lose);
        forgotten.forEach(this::end);
        known.clear();
        forgotten.clear();
    }

    /** What it has under way, unless its machine goes back to before it. */
    private void later(Duration delay, Runnable deed) {
        int past = windings;
        world.scheduler.after(
                delay,
                "",
                () -> {
                    if (past == windings) {
                        deed.run();
                    }
                });
    }

    /** What ran then runs again; what came since never was, and what was under way then ended. */
    void windBack(List<Sandbox> running) {
        windings++;
        List.copyOf(known).forEach(this::end);
        List.copyOf(forgotten).forEach(this::end);
        known.clear();
        forgotten.clear();
        machine.host.reboot();
        for (Sandbox each : running) {
            machine.host.revive(each.netns);
            world.checker.revived(each);
            known.add(each);
        }
    }

    private void lose(Sandbox sandbox) {
        end(sandbox);
        if (random.nextBoolean()) {
            // Cleaned up after the reboot, in a boot that never knew it.
            later(Duration.ofSeconds(20 + random.nextInt(200)), () -> again(sandbox));
        }
    }

    /** Begins nothing for a while. */
    void pause(Duration time) {
        pausedUntil = world.scheduler.now() + time.toNanos();
    }

    void rest() {
        busy = false;
    }

    /** Ends all but a few sandboxes in order. */
    void drain(int left) {
        while (known.size() > left) {
            stop(known.getFirst());
        }
    }

    void sweep() {
        forgotten.forEach(this::end);
    }

    List<Address> addresses() {
        return known.stream()
                .filter(Sandbox::isOwedAnAddress)
                .flatMap(each -> each.addresses.stream())
                .sorted()
                .toList();
    }
}
