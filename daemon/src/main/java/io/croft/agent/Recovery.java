package io.croft.agent;

import io.croft.adapter.file.Disk;
import io.croft.adapter.file.StateDirectory;
import io.croft.adapter.journal.FileJournal;
import io.croft.adapter.journal.Opening;
import io.croft.adapter.journal.Sizes;
import io.croft.adapter.run.HealthStamp;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.core.engine.Timings;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.Moment;
import io.croft.node.port.InstallIdentity;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Finds out whose journal lies in the state directory and what may be believed of it: replays this
 * node's own, sets aside what is damaged, another machine's, or older than the last sign of health
 * of this boot, and begins a new one where there is none.
 */
final class Recovery {
    /**
     * What was found.
     *
     * @param lost a journal that knew pods of this boot is gone: its blocks must rest until a
     *     reboot
     * @param trustable it is of this boot, and the clocks did not move against each other since its
     *     last record
     */
    record Found(
            FileJournal journal,
            NodeState state,
            InstallIdentity identity,
            boolean lost,
            boolean trustable) {}

    private final Disk disk;
    private final StateDirectory directory;
    private final Sizes sizes;
    private final InstallIdentity fresh;
    private final NodeProfile profile;
    private final UUID bootId;
    private final Moment now;
    private final Optional<HealthStamp.Sign> sign;
    private final Consumer<String> report;

    /**
     * A recovery of that directory.
     *
     * @param sizes of the journal
     * @param fresh who this node is, with the install id that a new journal gets
     * @param sign the last sign of health, of whatever boot
     * @param report told in a sentence what was set aside or cut, and why
     */
    Recovery(
            Disk disk,
            StateDirectory directory,
            Sizes sizes,
            InstallIdentity fresh,
            NodeProfile profile,
            UUID bootId,
            Moment now,
            Optional<HealthStamp.Sign> sign,
            Consumer<String> report) {
        this.disk = disk;
        this.directory = directory;
        this.sizes = sizes;
        this.fresh = fresh;
        this.profile = profile;
        this.bootId = bootId;
        this.now = now;
        this.sign = sign.filter(s -> s.bootId().equals(bootId));
        this.report = report;
    }

    /** Whether an agent served in this boot, so that its pods may live. */
    boolean isOfThisBoot() {
        return sign.isPresent();
    }

    /**
     * Refuses a state directory that was emptied under live pods: without journal and store it
     * looks like a new one, but an agent of this boot served from it.
     */
    void refuseIfEmptied() throws IOException {
        if (sign.isPresent()
                && !disk.exists(directory.store())
                && !disk.exists(directory.journal())) {
            throw refused(
                    "state-dir \"%s\" is empty, but an agent served pods from it in this boot"
                            .formatted(directory.root()),
                    "put the directory back, or reboot the machine, which ends the pods that hold its addresses");
        }
    }

    /** Refuses a state directory whose store was brought into a cluster's, or is on its way. */
    void refuseIfMigrated() throws IOException {
        if (disk.exists(directory.leftStore()) && !disk.exists(directory.store())) {
            throw refused(
                    "state-dir \"%s\": its store was brought into an etcd"
                            .formatted(directory.root()),
                    "start the agent with --store and --cluster of that etcd");
        }
        if (disk.exists(directory.leavingStore())) {
            throw refused(
                    "%s: a croft store migrate was cut off".formatted(directory.leavingStore()),
                    "repeat that command, then start the agent with --store and --cluster");
        }
    }

    /** Refuses a state directory whose own store holds what its pods have. */
    void refuseIfEmbedded() throws IOException {
        if (disk.exists(directory.store()) || disk.exists(directory.leavingStore())) {
            throw Reason.CANNOT_START
                    .because(
                            "%s holds the pools and blocks of an embedded store, which an etcd does not know"
                                    .formatted(directory.store()))
                    .remedy(
                            "take them into the etcd with croft store migrate, or drain the node, reboot it and"
                                    + " remove the state directory")
                    .with("field", "store")
                    .with("value", directory.store().toString())
                    .asException();
        }
    }

    /**
     * Refuses a store that is older than the one an agent of this boot wrote: what was claimed
     * since the copy looks free in it.
     */
    void refuseIfStoreIsBehind(long writes) {
        if (sign.filter(s -> s.storeWrites() > writes).isPresent()) {
            throw refused(
                    "%s was put back from a copy: an agent of this boot had written it since"
                            .formatted(directory.store()),
                    "put the newer file back, or reboot the machine, which ends the pods whose"
                            + " addresses the copy does not know");
        }
    }

    private RejectedException refused(String why, String remedy) {
        return Reason.CANNOT_START
                .because(why)
                .remedy(remedy)
                .with("field", "state-dir")
                .with("value", directory.root().toString())
                .asException();
    }

    /** Replays or begins; a used store without a journal means that the journal was lost. */
    Found recover(boolean storeIsUsed) throws IOException {
        var state = new NodeState(profile);
        Opening opening =
                FileJournal.open(disk, directory.journal(), fresh, bootId, sizes, state::apply);
        return switch (opening) {
            // Nothing was ever decided here, unless the store knows better or an agent of this boot
            // served.
            case Opening.New() -> begin(storeIsUsed || sign.isPresent());
            case Opening.Foreign(InstallIdentity other) -> {
                refuseAnotherCluster(other);
                setAside(
                        "it belongs to node %s on hardware %s"
                                .formatted(other.node(), other.hardwareId()));
                yield begin(sign.isPresent());
            }
            case Opening.Corrupt(String where, String why) -> {
                setAside("it is damaged at %s: %s".formatted(where, why));
                yield begin(true);
            }
            case Opening.Opened opened -> judge(opened, state, storeIsUsed);
        };
    }

    /**
     * Two clusters may have the same addresses, so pods of the one must be gone before the other is
     * served.
     */
    private void refuseAnotherCluster(InstallIdentity other) {
        if (sign.isPresent() && !other.cluster().equals(fresh.cluster())) {
            throw Reason.CANNOT_START
                    .because(
                            "cluster \"%s\": an agent of this boot served from \"%s\" for cluster \"%s\""
                                    .formatted(fresh.cluster(), directory.root(), other.cluster()))
                    .remedy("name that cluster, or drain the node and reboot the machine")
                    .with("field", "cluster")
                    .with("value", fresh.cluster())
                    .asException();
        }
    }

    private Found judge(Opening.Opened opened, NodeState state, boolean storeIsUsed)
            throws IOException {
        if (opened.bootId().isEmpty()) {
            // Its maker died before it decided anything, and what it knew of a loss died with it.
            boolean lost = storeIsUsed || sign.isPresent();
            return new Found(opened.journal(), state, opened.identity(), lost, false);
        }
        return isBehind(opened, state) ? restart(opened) : resume(opened, state);
    }

    /**
     * Whether an agent of this boot wrote more than this journal has: it was put back from a copy.
     * A journal that was begun in this boot in place of a lost one may not have given a sign yet.
     */
    private boolean isBehind(Opening.Opened opened, NodeState state) {
        boolean replaced = state.replacedIn().filter(bootId::equals).isPresent();
        return sign.filter(s ->
                        s.installId().equals(opened.identity().installId())
                                ? s.journalSequence() > opened.journal().sequence()
                                : !replaced)
                .isPresent();
    }

    private Found restart(Opening.Opened opened) throws IOException {
        opened.journal().close();
        setAside("an agent of this boot had written more: it was put back from a copy");
        return begin(true);
    }

    private Found resume(Opening.Opened opened, NodeState state) {
        if (opened.cutBytes() > 0) {
            report.accept("%d bytes of an unfinished record were cut".formatted(opened.cutBytes()));
        }
        // Not the boot of the last start: one that the store never confirmed trusts nothing.
        boolean sameBoot = state.comparedIn().filter(bootId::equals).isPresent();
        boolean steady =
                opened.last()
                        .filter(last -> now.drift(last).compareTo(Timings.MOST_DRIFT) < 0)
                        .isPresent();
        return new Found(opened.journal(), state, opened.identity(), false, sameBoot && steady);
    }

    private void setAside(String why) throws IOException {
        report.accept("the journal was set aside as %s: %s".formatted(directory.setAside(), why));
    }

    private Found begin(boolean lost) throws IOException {
        if (lost) {
            report.accept("a new install begins; blocks of the former one rest until a reboot");
        }
        FileJournal journal = FileJournal.create(disk, directory.journal(), fresh, sizes, now);
        return new Found(journal, new NodeState(profile), fresh, lost, false);
    }
}
