package io.croft.sim;

import io.croft.sim.Network.Weather;
import java.time.Duration;
import java.util.Random;

/** What can go wrong, and how often. Strikes keep nothing. */
@SuppressWarnings("ImmutableEnumChecker")
enum Fault {
    /** SIGKILL of the agent. */
    KILL(70, (world, machine, random) -> machine.kill()),
    /** The agent dies at one of its next file calls, in the middle of a write too. */
    KILL_AT_CALL(50, Disasters::killAtCall),
    /** The agent is killed right after it journalled its next claim or return. */
    KILL_AT_INTENT(30, Disasters::killAtIntent),
    /**
     * An ADD is repeated and decided, the agent is killed before its reply, and the runtime gives
     * the ADD up.
     */
    UNDONE(20, Disasters::undone),
    /** A container starts again under its id, and a DEL of its former life is still under way. */
    RESTARTED(20, Disasters::restarted),
    /** An end in order, as an update does it. */
    STOP(30, (world, machine, random) -> machine.stop()),
    /** No agent for a while. */
    AGENT_AWAY(30, Disasters::agentAway),
    CUT(50, weather(Weather.CUT)),
    ONE_WAY(30, weather(Weather.ONE_WAY)),
    REFUSED(30, weather(Weather.REFUSED)),
    DENIED(15, weather(Weather.DENIED)),
    LOSSY(40, Storms::lossy),
    SLOW(20, Storms::slow),
    /** etcd takes no writes. */
    FULL(15, Storms::full),
    /** Some requests arrive twice. */
    DOUBLED(20, Storms::doubled),
    /** Some requests arrive minutes later, when their callers gave up long ago. */
    LATE(20, Storms::late),
    /** Watches say nothing for a while. */
    SILENT_WATCH(20, Storms::silentWatch),
    /** The member that a machine talks to ends. */
    MEMBER(30, (world, machine, random) -> world.network.restart(machine.place)),
    /** Another leader; connections end. */
    ELECTION(30, Storms::election),
    /** Nobody leads; of what was proposed then, some is done later. */
    LEADERLESS(20, Storms::leaderless),
    /** Watches lag, and the history that they lag behind is forgotten. */
    COMPACTION(20, Storms::compaction),
    /** The agents' role is gone: their leases go on. */
    ROLE_GONE(10, Storms::roleGone),
    /** All of etcd is down. */
    DOWN(30, Storms::down),
    /** Power is lost, and comes back. */
    REBOOT(40, Disasters::reboot),
    /** A call on a file fails: the agent ends. */
    EIO(20, Disasters::eio),
    /** The disk, or the machine, is so slow that each turn takes its time. */
    SLOW_DISK(20, Disasters::slowDisk),
    DISK_FULL(20, Disasters::diskFull),
    /** The journal is deleted under live pods. */
    JOURNAL_LOST(15, Disasters::journalLost),
    /** A bit of the journal is another. */
    JOURNAL_FLIPPED(15, Disasters::journalFlipped),
    /** A page of the journal is zero. */
    JOURNAL_PAGE(15, Disasters::journalPage),
    /** The state directory is put back from a copy of this boot. */
    JOURNAL_BACK(15, Disasters::journalBack),
    /** The machine gets an empty disk. */
    REIMAGE(15, Disasters::reimage),
    /** Another machine under the name of one that is gone. */
    NAME_REUSED(15, (world, machine, random) -> world.technician.reuseName(machine, random)),
    /** All sandboxes are gone in the same boot. */
    ALL_GONE(20, (world, machine, random) -> world.runtime(machine).vanishAll()),
    /** Looks at namespaces often fail. */
    UNSURE_LOOKS(20, Disasters::unsureLooks),
    /** An agent that starts sees the namespaces of then, as through a mount of its own. */
    OLD_MOUNT(20, Disasters::oldMount),
    /** An operator frees addresses of sandboxes that are gone, on a list of before. */
    IP_RELEASE(20, (world, machine, random) -> world.technician.release(machine, random)),
    /** Somebody makes a second cluster's store under the same prefix. */
    SECOND_INIT(5, (world, machine, random) -> world.technician.initAgain()),
    WALL_CLOCK(20, Disasters::wallClock),
    /** The machine goes back to a snapshot of before, with its memory. */
    WOUND_BACK(15, Disasters::woundBack),
    /**
     * A second agent on a copy of the state directory; the first one goes on beside it. Not drawn:
     * until the store told them apart both may do what the other does not know.
     */
    TWIN(0, Disasters::twin),
    /** A machine of its own starts from a copy of the disk. */
    CLONE(10, Disasters::cloned),
    /** The machine is off, and its blocks are taken. */
    RECLAIM(20, (world, machine, random) -> world.operator.reclaim(machine, random)),
    LEAVE(15, (world, machine, random) -> world.operator.leave(machine, random)),
    POOLS(20, (world, machine, random) -> new PoolEdits(world).edit(random)),
    BACKUP(40, (world, machine, random) -> world.operator.backUp()),
    RESTORE(25, (world, machine, random) -> world.operator.restore(random));

    /** What it does to one machine, or to all. */
    @FunctionalInterface
    interface Strike {
        void on(World world, Machine machine, Random random);
    }

    private final int frequency;
    private final Strike strike;

    Fault(int frequency, Strike strike) {
        this.frequency = frequency;
        this.strike = strike;
    }

    /** Of a hundred runs, those that have it. */
    int frequency() {
        return frequency;
    }

    void strike(World world, Machine machine, Random random) {
        strike.on(world, machine, random);
    }

    static Duration seconds(Random random, int least, int most) {
        return Duration.ofMillis(1000L * least + random.nextInt(1000 * (most - least)));
    }

    private static Strike weather(Weather weather) {
        return (world, machine, random) -> {
            machine.place.become(weather);
            world.scheduler.after(
                    seconds(random, 1, 90),
                    machine + " reaches etcd again",
                    () -> machine.place.become(Weather.FINE));
        };
    }
}
