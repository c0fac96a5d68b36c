package io.croft.agent;

import io.croft.adapter.embedded.EmbeddedStore;
import io.croft.adapter.embedded.SingleNode;
import io.croft.adapter.etcd.EmbeddedContent;
import io.croft.adapter.etcd.StoreSetup;
import io.croft.adapter.file.Disk;
import io.croft.adapter.file.StateDirectory;
import io.croft.adapter.journal.FileJournal;
import io.croft.adapter.journal.Opening;
import io.croft.adapter.journal.Sizes;
import io.croft.adapter.journal.SuccessorJournal;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.Clock;
import io.croft.node.port.ClusterDirectory.Member;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.proto.v1.StoreMigration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The way of one node from its embedded store into a cluster's: the store's content into etcd, the
 * journal into one that is bound to the cluster.
 *
 * <p>The store's file is put aside first, so that no agent serves from either side meanwhile: what
 * was cut off is finished by the same call, and what etcd refuses puts it back.
 */
final class Migrating {
    private static final UUID NOBODY = new UUID(0, 0);

    private final Disk disk;
    private final Clock clock;
    private final Supplier<UUID> uuids;
    private final StoreSetup target;
    private final String cluster;
    private final Path root;
    private final UUID bootId;

    /**
     * A way that begins in a state directory.
     *
     * @param cluster name of the one that the target is of
     * @param root the state directory of an agent that is stopped
     */
    Migrating(
            Disk disk,
            Clock clock,
            Supplier<UUID> uuids,
            StoreSetup target,
            String cluster,
            Path root,
            UUID bootId) {
        this.disk = disk;
        this.clock = clock;
        this.uuids = uuids;
        this.target = target;
        this.cluster = cluster;
        this.root = root;
        this.bootId = bootId;
    }

    /** What was brought over. */
    StoreMigration go() throws IOException {
        if (!disk.exists(root)) {
            throw refuse("there is no such directory", "name the agent's with --state-dir");
        }
        try (var directory = StateDirectory.open(disk, root)) {
            if (!directory.tryLock()) {
                throw refuse("an agent works in it", "stop the agent of this node first");
            }
            return go(directory);
        }
    }

    private StoreMigration go(StateDirectory directory) throws IOException {
        if (!disk.exists(directory.journal()) && disk.exists(directory.nextJournal())) {
            // Cut off between the two names; the next one was whole before the first was moved.
            move(directory, directory.nextJournal(), directory.journal());
        }
        boolean resumed = disk.exists(directory.leavingStore());
        if (resumed) {
            move(directory, directory.leavingStore(), directory.store());
        }
        if (!disk.exists(directory.store())) {
            throw refuse("there is no embedded store in it", "name the agent's with --state-dir");
        }
        InstallIdentity identity = identity(directory.journal());
        EmbeddedContent content = content(directory, identity);
        move(directory, directory.store(), directory.leavingStore());
        try {
            var _ = SharedStore.done(target.migrate(content));
        } catch (RejectedException refused) {
            // One that is resumed may have been carried out before: then nobody may serve from the
            // file.
            if (!resumed && refused.rejection().reason() != Reason.OUTCOME_UNKNOWN) {
                move(directory, directory.leavingStore(), directory.store());
            }
            throw refused;
        }
        if (!identity.cluster().equals(cluster)) {
            rebind(directory, identity);
        }
        move(directory, directory.leavingStore(), directory.leftStore());
        return StoreMigration.newBuilder()
                .setNode(identity.node())
                .setPools(content.pools().pools().size())
                .setBlocks(content.blocks().size())
                .build();
    }

    private void move(StateDirectory directory, Path from, Path to) throws IOException {
        disk.rename(from, to);
        disk.syncDirectory(directory.root());
    }

    /** Whose journal it is: nobody's own is told apart by asking for another's. */
    private InstallIdentity identity(Path journal) throws IOException {
        var another = new InstallIdentity(NOBODY, "", "", "", "");
        Opening found = FileJournal.open(disk, journal, another, bootId, Sizes.DEFAULT, _ -> {});
        return switch (found) {
            case Opening.Foreign(InstallIdentity identity) -> identity;
            case Opening.Corrupt(String where, String why) ->
                    throw refuse(
                            "its journal is damaged at %s: %s".formatted(where, why),
                            "start the agent, which begins a new install, drain the node and reboot it");
            case Opening.New _ ->
                    throw refuse(
                            "there is no journal in it",
                            "start the agent once with the embedded store, or remove the directory if no pod lives");
            case Opening.Opened(var opened, _, _, _, _, _) -> {
                opened.close();
                throw refuse("its journal is nobody's", "report the defect");
            }
        };
    }

    private EmbeddedContent content(StateDirectory directory, InstallIdentity identity) {
        var store = EmbeddedStore.open(disk, directory.root(), true, uuids, clock);
        try {
            UUID id = identity.installId();
            refuseFormerLives(store, id);
            Install install =
                    SharedStore.done(store.read(id))
                            .orElseThrow(() ->
                                    refuse(
                                            "the store does not know the journal's install " + id,
                                            "start the agent once with the embedded store"));
            return new EmbeddedContent(
                    SharedStore.done(store.read()), install, SharedStore.done(store.owned(id)));
        } finally {
            store.close();
        }
    }

    /** Blocks of a lost journal may have pods of which nobody knows: they cannot travel. */
    private void refuseFormerLives(EmbeddedStore store, UUID id) {
        List<Member> owners =
                new SingleNode(store)
                        .members(NOBODY, Integer.MAX_VALUE).toCompletableFuture().join().stream()
                                .filter(each ->
                                        each.blocks() > 0 && !each.install().id().equals(id))
                                .toList();
        if (!owners.isEmpty()) {
            throw refuse(
                    "%d former lives of this node own blocks, %s first"
                            .formatted(owners.size(), owners.getFirst().install().id()),
                    "drain the node, reboot it and start its agent once, which takes them over");
        }
    }

    /** The same decisions in a journal of the cluster's, in one exchange of names. */
    private void rebind(StateDirectory directory, InstallIdentity old) throws IOException {
        var state = new NodeState(new NodeProfile(old.node(), Map.of()));
        Opening found =
                FileJournal.open(
                        disk, directory.journal(), old, bootId, Sizes.DEFAULT, state::apply);
        if (!(found instanceof Opening.Opened opened)) {
            throw new IOException("the journal changed meanwhile: " + found);
        }
        long sequence = opened.journal().sequence();
        opened.journal().close();
        var mine =
                new InstallIdentity(
                        old.installId(), cluster, old.node(), old.hardwareId(), old.machineId());
        // With the old journal's time: what drifted since its last record must still be seen.
        SuccessorJournal.write(
                disk,
                directory.nextJournal(),
                mine,
                Sizes.DEFAULT,
                sequence,
                opened.last().orElseGet(clock::now),
                state.events());
        directory.setAside();
        move(directory, directory.nextJournal(), directory.journal());
    }

    private RejectedException refuse(String why, String remedy) {
        return Rejection.invalid(Options.STATE_DIR.name(), root.toString(), why)
                .remedy(remedy)
                .asException();
    }
}
