package io.croft.sim;

import io.croft.core.address.Address;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.Workload;
import io.croft.core.engine.Command;
import io.croft.core.engine.Timings;
import io.croft.core.netns.SeenNetns;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Grant;
import io.croft.core.serving.Release;
import io.croft.core.time.BootTime;
import io.croft.node.port.Spool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of the CNI plugin: an ADD or a DEL with its stamp, its tries, and its end. */
final class Shim {
    private static final Duration ADD_WAIT = Duration.ofSeconds(10);
    private static final Duration ADD_CALL = Duration.ofSeconds(6);
    private static final Duration ADD_TOTAL = Duration.ofSeconds(18);
    private static final Duration DEL_TOTAL = Duration.ofSeconds(8);
    private static final Duration AGAIN = Duration.ofMillis(150);

    private final World world;
    private final Sandbox sandbox;
    private final Machine machine;
    private final BootTime began;
    private final int boot;
    private boolean dead;
    private boolean sent;
    private boolean ended;
    private int tries;

    Shim(World world, Sandbox sandbox) {
        this.world = world;
        this.sandbox = sandbox;
        this.machine = sandbox.machine;
        this.began = machine.stamps.next(machine.bootTime());
        this.boot = machine.era();
    }

    /** SIGKILL: nobody hears of its end. */
    void kill() {
        dead = true;
    }

    /** The runtime gave up on it: it takes its ADD back. */
    void orphan() {
        if (!ended && !isOver()) {
            takeBack();
        }
    }

    private boolean isOver() {
        return dead || ended || machine.era() != boot || !machine.isOn();
    }

    private Duration age() {
        return machine.bootTime().since(began);
    }

    /** ADD; the consumer is told whether it succeeded. */
    void add(Consumer<Boolean> then) {
        attempt(
                this::allocate,
                ADD_WAIT,
                ADD_CALL,
                ADD_TOTAL,
                (grant, failure) -> {
                    if (grant != null) {
                        answered(grant, then);
                    } else {
                        ended = true;
                        world.scheduler.say("%s ADD of %s fails".formatted(machine, sandbox));
                        then.accept(false);
                    }
                },
                () -> {
                    if (sent) {
                        takeBack();
                    }
                    ended = true;
                    then.accept(false);
                });
    }

    private Allocate allocate() {
        var named =
                sandbox.named
                        ? Optional.of(
                                new SeenNetns(
                                        sandbox.netns,
                                        machine.agent()
                                                .orElseThrow()
                                                .inventory()
                                                .sees(sandbox.netns)))
                        : Optional.<SeenNetns>empty();
        BootTime stamp = world.controls.stamp(began, machine.bootTime());
        return new Allocate(
                sandbox.key,
                stamp,
                AddressWish.NONE,
                new Workload(world.namespaceOf(sandbox), sandbox.key.containerId(), "", named),
                "");
    }

    private void answered(Grant grant, Consumer<Boolean> then) {
        if (!sandbox.isLive()) {
            takeBack();
            then.accept(false);
            return;
        }
        ended = true;
        List<Address> given =
                grant.allocation().addresses().stream().map(BlockAddress::address).toList();
        world.scheduler.say("%s ADD of %s is answered %s".formatted(machine, sandbox, given));
        world.checker.answered(sandbox, began, given);
        then.accept(true);
    }

    private void takeBack() {
        ended = true;
        world.scheduler.say("%s ADD of %s takes itself back".formatted(machine, sandbox));
        var undo = new Shim(world, sandbox);
        undo.release(began, true, () -> {});
    }

    /** DEL; the runnable runs when the runtime hears that it succeeded. */
    void del(Runnable then) {
        if (began.isAfter(sandbox.deleted)) {
            sandbox.deleted = began;
        }
        world.scheduler.say("%s DEL of %s".formatted(machine, sandbox));
        release(
                began,
                false,
                () -> {
                    then.run();
                });
    }

    private void release(BootTime stamp, boolean undo, Runnable then) {
        attempt(
                () -> new Release(undo ? sandbox.key : sandbox.delKey(), stamp, undo),
                DEL_TOTAL,
                DEL_TOTAL,
                DEL_TOTAL,
                (freed, failure) -> {
                    if (freed != null) {
                        ended = true;
                        // One of another network says nothing of an attachment that nobody knew.
                        if (!undo && (!sandbox.renamed || freed.equals(true))) {
                            world.ends.deleted(sandbox, stamp);
                        }
                        if (!undo && !sandbox.renamed) {
                            world.ends.mustEnd(sandbox, stamp);
                        }
                        then.run();
                    } else {
                        spool(stamp, undo, then);
                    }
                },
                () -> spool(stamp, undo, then));
    }

    private void spool(BootTime stamp, boolean undo, Runnable then) {
        ended = true;
        if (!undo && !sandbox.renamed) {
            world.ends.mustEnd(sandbox, stamp);
        }
        if (!world.controls.spools()) {
            then.run();
            return;
        }
        world.scheduler.say("%s spools the DEL of %s".formatted(machine, sandbox));
        machine.run.write(
                new Spool.Entry(
                        "%020d-%d".formatted(stamp.nanos(), world.nextNumber()),
                        machine.bootId(),
                        stamp,
                        undo ? sandbox.key : sandbox.delKey(),
                        undo));
        then.run();
    }

    private <R> void attempt(
            Supplier<Command<R>> command,
            Duration wait,
            Duration call,
            Duration total,
            BiConsumer<@Nullable R, @Nullable Throwable> reply,
            Runnable late) {
        if (isOver()) {
            return;
        }
        Runnable again = () -> attempt(command, wait, call, total, reply, late);
        Optional<AgentProcess> agent = machine.agent().filter(AgentProcess::isListening);
        if (age().compareTo(agent.isEmpty() && !sent ? wait : total) >= 0) {
            late.run();
            return;
        }
        if (agent.isEmpty()) {
            world.scheduler.after(AGAIN, "", again);
            return;
        }
        sent = true;
        int mine = ++tries;
        AgentProcess asked = agent.get();
        CompletableFuture<R> answer =
                asked.agent()
                        .loop()
                        .submit(
                                world.controls.command(command.get()),
                                machine.bootTime().plus(Timings.ADD_WAIT))
                        .toCompletableFuture();
        asked.wake();
        var _ =
                answer.whenComplete((result, failure) -> {
                    if (!answer.isCancelled()) {
                        world.scheduler.after(
                                Duration.ofNanos(20_000 + machine.random.nextInt(2_000_000)),
                                "",
                                () -> {
                                    if (!isOver() && mine == tries) {
                                        tries++;
                                        reply.accept(result, failure);
                                    }
                                });
                    }
                });
        watch(asked, answer, mine, machine.bootTime().plus(call), again);
    }

    /** Notices that the agent is gone, or that the call takes too long. */
    private void watch(
            AgentProcess asked,
            CompletableFuture<?> answer,
            int mine,
            BootTime end,
            Runnable again) {
        world.scheduler.after(
                AGAIN,
                "",
                () -> {
                    if (isOver() || mine != tries) {
                        answer.cancel(false);
                    } else if (asked.isOver() || !machine.bootTime().isBefore(end)) {
                        answer.cancel(false);
                        tries++;
                        again.run();
                    } else {
                        watch(asked, answer, mine, end, again);
                    }
                });
    }
}
