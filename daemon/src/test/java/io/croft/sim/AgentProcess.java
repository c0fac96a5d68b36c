package io.croft.sim;

import io.croft.adapter.etcd.SimServer;
import io.croft.adapter.file.Crash;
import io.croft.agent.SimAgent;
import io.croft.agent.SimAgent.Phase;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.BootTime;
import io.croft.node.port.JournalFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One process of an agent: its loop's thread, its journal's, and that of its sign of health. */
final class AgentProcess implements Life {
    private static final Duration SYNC_PERIOD = Duration.ofSeconds(3);
    private static final Duration SIGN_PERIOD = Duration.ofSeconds(5);
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);

    private final World world;
    private final Machine machine;
    private final SimLink link;
    private final Host.View inventory;
    private final RunDirectory.View spool;
    private Optional<SimAgent> agent = Optional.empty();
    private boolean over;
    private boolean signed;
    private boolean stopping;
    private boolean still;
    private boolean alone;
    private final List<Runnable> waiting = new ArrayList<>();
    private long due = Long.MAX_VALUE;

    AgentProcess(World world, Machine machine) {
        this.world = world;
        this.machine = machine;
        this.link =
                new SimLink(
                        world.scheduler,
                        world.network,
                        machine.place,
                        world.controls.etcd(
                                world.server.as(machine.name, world.controls::forge),
                                machine::lastInstall),
                        machine.random,
                        this);
        this.inventory = machine.host.new View(world.scheduler, this);
        this.spool = machine.run.view(this, () -> !alone);
    }

    void start() {
        world.scheduler.say(machine + " agent starts");
        guarded(() -> {
            agent = Optional.of(SimAgent.start(place(), world.controls.sabotage()));
            world.checker.started(machine, agent.get());
            wake();
            every(SYNC_PERIOD, () -> agent.get().syncJournal());
            every(SIGN_PERIOD, this::sign);
            every(SIGN_PERIOD, () -> agent.get().rememberStore());
        });
    }

    private SimAgent.Place place() {
        return new SimAgent.Place(
                machine.node(),
                machine.hardware(),
                "machine-id",
                false,
                machine.bootId(),
                machine.sign(),
                world.controls.disk(machine.disk()),
                link,
                SimServer.NAME,
                world.controls.inventory(inventory),
                spool,
                world.controls.clock(machine.clock()),
                machine.random,
                new Ear(world, machine, this),
                what -> world.scheduler.say(machine + " reports: " + what));
    }

    @Override
    public void enter(Runnable action) {
        if (still) {
            waiting.add(action);
        } else if (!over) {
            action.run();
            wake();
        }
    }

    @Override
    public boolean hears() {
        return !over && !still;
    }

    /** Nobody calls it any more: another agent has its socket and its spool. */
    void goOnAlone() {
        alone = true;
    }

    /** Its machine was copied with its memory: this is the copy, which does nothing yet. */
    void standStill() {
        still = true;
    }

    /** The copy goes on: to it no time has passed. */
    void goOn() {
        still = false;
        link.reset();
        List<Runnable> missed = List.copyOf(waiting);
        waiting.clear();
        missed.forEach(this::enter);
        wake();
    }

    /** The loop was woken: its next turn comes at once. */
    void wake() {
        long slowness =
                machine.stall() == 0 ? 0 : (long) (machine.random.nextDouble() * machine.stall());
        schedule(world.scheduler.now() + 20_000 + machine.random.nextInt(500_000) + slowness);
    }

    private void schedule(long time) {
        if (over || still || stopping || time >= due) {
            return;
        }
        due = time;
        world.scheduler.at(
                time,
                "",
                () -> {
                    if (due == time) {
                        due = Long.MAX_VALUE;
                        if (!over && !stopping && !still) {
                            guarded(this::turn);
                        }
                    }
                });
    }

    private void turn() {
        BootTime next = agent.orElseThrow().turn();
        if (!signed && isServing()) {
            signed = true;
            sign();
            agent.orElseThrow().rememberStore();
        }
        if (!alone) {
            world.checker.turned(machine, agent.orElseThrow());
        }
        long rest = next.since(machine.bootTime()).toNanos();
        schedule(world.scheduler.now() + Math.max(1, Math.min(rest, LONGEST_SLEEP.toNanos())));
    }

    private void sign() {
        if (!alone && isServing() && agent.get().notServing().isEmpty()) {
            machine.sign(agent.get().sign());
        }
    }

    private void every(Duration period, Runnable action) {
        world.scheduler.after(
                period,
                "",
                () -> {
                    if (!over && !stopping) {
                        if (!still) {
                            guarded(action::run);
                        }
                        every(period, action);
                    }
                });
    }

    private interface Body {
        void run() throws IOException;
    }

    /** What ends a process in production ends this one. */
    private void guarded(Body body) {
        try {
            body.run();
        } catch (Crash | JournalFailedException | IOException end) {
            machine.agentEnds(this, String.valueOf(end.getMessage()));
        } catch (RejectedException refused) {
            machine.agentEnds(this, "refused: " + refused.rejection().sentence());
        }
    }

    /** SIGTERM: no turn any more; the sign of life is taken back, for at most a second. */
    void stop() {
        if (!isServing() || stopping) {
            return;
        }
        stopping = true;
        due = Long.MIN_VALUE;
        Runnable last =
                () -> {
                    if (!over) {
                        guarded(() -> {
                            agent().close();
                            machine.agentEnds(this, "stopped");
                        });
                    }
                };
        agent().endLife().whenComplete((_, _) -> world.scheduler.after(Duration.ZERO, "", last));
        world.scheduler.after(Duration.ofSeconds(1), "", last);
    }

    /** Nothing of it happens any more. */
    void over() {
        over = true;
        still = false;
        waiting.clear();
        link.close();
    }

    boolean isOver() {
        return over;
    }

    /** Whether its socket takes calls. */
    boolean isListening() {
        return !over
                && !stopping
                && !alone
                && agent.filter(a -> a.phase() == Phase.REPLAYING || a.phase() == Phase.SERVING)
                        .isPresent();
    }

    boolean isServing() {
        return !over && !stopping && agent.filter(a -> a.phase() == Phase.SERVING).isPresent();
    }

    SimAgent agent() {
        return agent.orElseThrow();
    }

    boolean hasAgent() {
        return agent.isPresent();
    }

    Host.View inventory() {
        return inventory;
    }
}
