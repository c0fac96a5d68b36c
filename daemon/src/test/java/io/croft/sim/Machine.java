package io.croft.sim;

import io.croft.adapter.file.SimDisk;
import io.croft.adapter.run.HealthStamp.Sign;
import io.croft.core.engine.Event;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import io.croft.node.port.Spool;
import io.croft.testing.Some;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** One machine: disk, clocks, namespaces, run directory, and at most one agent's process. */
final class Machine {
    final String name;
    final Host host;
    final RunDirectory run;
    final Network.Place place;
    final Random random;
    private final World world;
    private String node;
    private String hardware;
    private SimDisk disk = new SimDisk();
    private boolean on;
    private int boots;
    private int era;
    private long bootAt;
    private long wallSkew;
    private Optional<Sign> sign = Optional.empty();
    private Optional<AgentProcess> agent = Optional.empty();
    private boolean agentWanted = true;
    private String lastInstall = "";
    private final Map<String, Integer> installs = new TreeMap<>();
    private final List<AgentProcess> twins = new ArrayList<>();
    private long stall;
    final Stamps stamps = new Stamps();
    private Class<? extends Event> intent = Event.ClaimIntended.class;
    private Runnable atIntent = () -> {};

    Machine(World world, String name) {
        this.world = world;
        this.name = name;
        this.node = name;
        this.hardware = "hw-" + name;
        this.random = world.scheduler.random(name);
        this.host = new Host(world.scheduler.random(name + " host"));
        this.run = new RunDirectory(world.scheduler, name);
        this.place = new Network.Place(name);
    }

    /** True time since the boot, and whatever people made of the wall clock. */
    Clock clock() {
        return () ->
                new Moment(
                        new BootTime(world.scheduler.now() - bootAt),
                        world.scheduler.wall(wallSkew));
    }

    BootTime bootTime() {
        return new BootTime(world.scheduler.now() - bootAt);
    }

    UUID bootId() {
        return Some.uuid("boot " + boots + " of " + name);
    }

    int boots() {
        return boots;
    }

    String node() {
        return node;
    }

    String hardware() {
        return hardware;
    }

    SimDisk disk() {
        return disk;
    }

    void replaceDisk(SimDisk other) {
        disk = other;
    }

    void skewWall(long nanos) {
        wallSkew = nanos;
    }

    /** To be done when the agent has journalled its next intent of a kind, and sent nothing yet. */
    void atIntent(Class<? extends Event> kind, Runnable deed) {
        intent = kind;
        atIntent = deed;
    }

    void journalled(List<Event> events) {
        if (events.stream().anyMatch(intent::isInstance)) {
            Runnable deed = atIntent;
            atIntent = () -> {};
            deed.run();
        }
    }

    /** Longest time that a turn of the agent waits for its disk, or for a processor. */
    long stall() {
        return stall;
    }

    void stall(Duration longest) {
        stall = longest.toNanos();
        host.stall(longest);
    }

    boolean isOn() {
        return on;
    }

    Optional<Sign> sign() {
        return sign;
    }

    void sign(Sign now) {
        sign = Optional.of(now);
    }

    Optional<AgentProcess> agent() {
        return agent;
    }

    void powerOn() {
        if (!on && world.mayRun(this)) {
            on = true;
            boots++;
            era++;
            bootAt = world.scheduler.now();
            world.scheduler.say(name + " boots, boot " + boots);
            startAgent();
        }
    }

    /** Power is lost, and with it processes, namespaces and what was not synced. */
    void powerOff() {
        if (on) {
            endTwins();
            agent.ifPresent(AgentProcess::over);
            agent = Optional.empty();
            on = false;
            host.reboot();
            run.reboot();
            disk.losePower(random.nextLong());
            if (!world.controls.keepsPodsOverReboots()) {
                world.checker.poweredOff(this);
                world.runtime(this).poweredOff();
            }
        }
    }

    /** Whether the agent is started again when it ends. */
    void wantAgent(boolean wanted) {
        agentWanted = wanted;
        if (wanted) {
            startAgent();
        }
    }

    void reboot() {
        powerOff();
        powerOn();
    }

    /** Something is done to the disk while no agent runs; then one starts. */
    void withoutAgent(Runnable deed) {
        kill();
        disk.killed();
        deed.run();
    }

    /** That process is a copy by now; the machine starts another on a copy of the disk. */
    void goOnWithout(AgentProcess copied) {
        disk = disk.copy();
        agent = Optional.empty();
        startAgent();
    }

    /** The same, and that process goes on too, on the disk that it has. */
    void goOnBeside(AgentProcess first) {
        twins.add(first);
        goOnWithout(first);
    }

    /** First agents of which a second one took the place. */
    void endTwins() {
        twins.forEach(AgentProcess::over);
        twins.clear();
    }

    /** The machine is as it was, but for the true time. */
    void windBack(
            AgentProcess process,
            SimDisk then,
            BootTime at,
            Optional<Sign> lastSign,
            List<Spool.Entry> spooled,
            List<Sandbox> running) {
        endTwins();
        agent.ifPresent(AgentProcess::over);
        era++;
        disk = then;
        bootAt = world.scheduler.now() - at.nanos();
        sign = lastSign;
        run.windBack(spooled);
        world.runtime(this).windBack(running);
        agent = Optional.of(process);
        process.goOn();
    }

    /** Changes with every boot and every winding back. */
    int era() {
        return era;
    }

    /** The install that its agent had last; empty: none yet. */
    String lastInstall() {
        return lastInstall;
    }

    void hasInstall(String install) {
        lastInstall = install;
        installs.put(install, boots);
    }

    /** All that it had on this hardware. */
    Set<String> installs() {
        return Set.copyOf(installs.keySet());
    }

    /** The latest in which an agent had it; 0: never. */
    int lastBootOf(String install) {
        return installs.getOrDefault(install, 0);
    }

    /** Has another disk, name and hardware from the beginning. */
    void begin(SimDisk copy, String otherNode, String otherHardware) {
        disk = copy;
        node = otherNode;
        hardware = otherHardware;
    }

    /** Another machine stands where this one stood: it has the name, and nothing else. */
    void replaceHardware(String otherHardware) {
        disk = new SimDisk();
        hardware = otherHardware;
        sign = Optional.empty();
        lastInstall = "";
        installs.clear();
    }

    void startAgent() {
        if (on && agentWanted && agent.isEmpty()) {
            var process = new AgentProcess(world, this);
            agent = Optional.of(process);
            process.start();
        }
    }

    /** SIGKILL, or an end of its own. */
    void agentEnds(AgentProcess which, String why) {
        if (agent.filter(now -> now == which).isPresent()) {
            world.scheduler.say(name + " agent ends: " + why);
            which.over();
            disk.killed();
            agent = Optional.empty();
            world.scheduler.after(
                    Duration.ofMillis(100 + random.nextInt(3_000)), "", this::startAgent);
        }
    }

    /** As SIGTERM does: the last turn, the end of the sign of life, a snapshot. */
    void stop() {
        agent.ifPresent(AgentProcess::stop);
    }

    void kill() {
        agent.ifPresent(process -> agentEnds(process, "killed"));
    }

    @Override
    public String toString() {
        return name;
    }
}
