package io.croft.sim;

import io.croft.adapter.etcd.EtcdStore;
import io.croft.adapter.etcd.SimServer;
import io.croft.adapter.file.SimDisk;
import io.croft.core.pool.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** One run: a cluster of machines and its etcd, made from a plan, and what goes wrong in it. */
final class World {
    private static final long MOST_STEPS = 3_000_000;

    final Scheduler scheduler;
    final Network network = new Network();
    final SimServer server;
    final Checker checker;
    final Controls controls;
    final Operator operator;
    final Technician technician;
    final Decisions decisions;
    final Ends ends;
    private final Plan plan;
    private final Trace trace;
    private final List<Machine> machines = new ArrayList<>();
    private final Map<Machine, FakeRuntime> runtimes = new HashMap<>();
    private Optional<Failure> failure = Optional.empty();
    private boolean restored;
    private boolean healed;
    private final List<Plan.Deed> deeds = new ArrayList<>();
    private long numbers;

    World(Plan plan, Controls controls, Consumer<String> out) {
        this.plan = plan;
        this.controls = controls;
        this.trace = new Trace(out);
        this.scheduler = new Scheduler(plan.seed(), trace);
        this.checker = new Checker(this);
        this.operator = new Operator(this);
        this.technician = new Technician(this);
        this.decisions = new Decisions(this);
        this.ends = new Ends(this);
        this.server = new SimServer(scheduler.clock(), checker::changed, controls::operators);
    }

    /**
     * How a run ended.
     *
     * @param failure empty: every promise was kept
     */
    record Outcome(
            Plan plan,
            Optional<Failure> failure,
            long hash,
            long steps,
            Duration time,
            int answers,
            List<Plan.Deed> deeds,
            List<String> last,
            List<String> relevant) {}

    Outcome run() {
        long began = scheduler.now();
        try {
            begin();
            stepUntil(began + plan.length().toNanos());
            new Ending(this).run();
        } catch (Failure broken) {
            failure = Optional.of(failure.orElse(broken));
        } catch (RuntimeException | AssertionError defect) {
            failure = Optional.of(failure.orElse(defect(defect)));
        }
        return new Outcome(
                plan,
                failure,
                trace.hash(),
                scheduler.steps(),
                Duration.ofNanos(scheduler.now() - began),
                checker.answers(),
                List.copyOf(deeds),
                trace.last(60),
                failure.map(f -> trace.about(f.about(), 60)).orElse(List.of()));
    }

    private static Failure defect(Throwable cause) {
        var defect = new Failure("exception", "", String.valueOf(cause));
        defect.initCause(cause);
        return defect;
    }

    private void begin() {
        EtcdStore operator = server.operator();
        for (Pool pool : plan.pools().all()) {
            operator.pools().change(set -> set.create(pool)).toCompletableFuture().join();
        }
        for (int i = 0; i < plan.nodes(); i++) {
            Machine machine = add("m" + i);
            scheduler.after(Duration.ofMillis(machine.random.nextInt(3_000)), "", machine::powerOn);
        }
        for (Plan.Planned each : plan.faults()) {
            Machine machine = machines.get(each.machine());
            scheduler.after(
                    each.at(),
                    "FAULT %s on %s".formatted(each.fault(), machine),
                    () -> each.fault().strike(this, machine, new Random(each.draw())));
        }
        controls.spoil(this);
    }

    private Machine add(String name) {
        var machine = new Machine(this, name);
        machines.add(machine);
        var runtime = new FakeRuntime(this, machine, plan);
        runtimes.put(machine, runtime);
        runtime.start();
        return machine;
    }

    /** A machine beside the original, with a copy of its disk. */
    void clone(Machine original, SimDisk copy, boolean sameName) {
        Machine machine = add("m" + machines.size());
        scheduler.say("%s is made from a copy of %s".formatted(machine, original));
        machine.begin(
                copy,
                sameName || controls.copiesAll() ? original.node() : machine.name,
                sameName && !controls.copiesAll() ? machine.hardware() : original.hardware());
        // What a fault took from the disk is missing on its copy, too.
        if (checker.mayForget(original)) {
            checker.journalLost(machine);
        }
        machine.powerOn();
    }

    /** From now on only machines run that have a name of their own. */
    void heal() {
        healed = true;
    }

    boolean isHealed() {
        return healed;
    }

    boolean mayRun(Machine machine) {
        return !healed || !isCopy(machine);
    }

    /** Whether it has the name of another machine. */
    boolean isCopy(Machine machine) {
        return !machine.node().equals(machine.name);
    }

    Pools pools() {
        return plan.pools();
    }

    List<Machine> machinesNamed(String node) {
        return machines.stream().filter(each -> each.node().equals(node)).toList();
    }

    void stepUntil(long end) {
        while (scheduler.step(end)) {
            if (failure.isPresent()) {
                throw failure.get();
            }
            if (scheduler.steps() > MOST_STEPS) {
                throw new Failure("endless", "", "more than " + MOST_STEPS + " steps");
            }
        }
    }

    /** Lets time pass. */
    void pass(Duration time) {
        stepUntil(scheduler.now() + time.toNanos());
    }

    /** Notes that it failed, wherever it is noticed; to be thrown. */
    Failure fail(String rule, String about, String what) {
        var broken = new Failure(rule, about, what);
        failure = Optional.of(failure.orElse(broken));
        return broken;
    }

    List<Machine> machines() {
        return machines;
    }

    FakeRuntime runtime(Machine machine) {
        FakeRuntime runtime = runtimes.get(machine);
        if (runtime == null) {
            throw new IllegalStateException("no runtime on " + machine);
        }
        return runtime;
    }

    String namespaceOf(Sandbox sandbox) {
        return plan.pools().namespaceOf(sandbox.key.containerId());
    }

    /** A runtime is about to do something; false: it is left out. */
    boolean does(Plan.Deed deed) {
        boolean may = !plan.skipped().contains(deed);
        if (may) {
            deeds.add(deed);
        }
        return may;
    }

    long nextNumber() {
        return ++numbers;
    }

    /** Whether etcd is one that went back, and was not unfrozen since. */
    boolean isRestored() {
        return restored;
    }

    void restored(boolean now) {
        restored = now;
    }
}
