package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.core.rejection.Reason;
import io.croft.core.time.Clock;
import io.croft.node.port.StoreState;
import io.croft.proto.store.v1.StoreMeta;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What an operator does with a cluster's prefix as a whole: makes it, freezes it and ends the
 * freeze, brings an embedded store into it.
 */
public final class StoreSetup {
    private static final int TRIES = 5;

    private final Etcd etcd;
    private final Keys keys;
    private final Clock clock;
    private final Supplier<UUID> uuids;

    public StoreSetup(Etcd etcd, String cluster, Clock clock, Supplier<UUID> uuids) {
        this.etcd = etcd;
        this.keys = Keys.of(cluster);
        this.clock = clock;
        this.uuids = uuids;
    }

    private Continuity session() {
        return new Continuity(etcd, keys, clock, uuids);
    }

    /**
     * What was made, or was there.
     *
     * @param isNew it was made by this call
     */
    public record Made(boolean isNew, UUID cluster, long generation) {}

    /**
     * Makes {@code meta} and the raft mark, in generation 1. The same again does no harm. Refused
     * with STORE_UNUSABLE where a prefix with another owner stands, or keys without {@code meta}:
     * what is left of a store is put back from a backup, not begun anew.
     *
     * @param owner of the prefix: the UID of kube-system, or what the operator says; may be empty
     */
    public CompletionStage<Made> init(String owner) {
        return Retries.until(
                TRIES,
                "the making of the store",
                () -> {
                    Keys.KeyRange all = keys.all();
                    return etcd.members()
                            .thenApply(OneCluster::require)
                            .thenCompose(_ ->
                                    etcd.commit(
                                            Change.read(
                                                    new Get(keys.meta()),
                                                    new Range(
                                                            all.from(), all.to(), 0, Form.COUNT))))
                            .thenCompose(answer -> there(answer, owner));
                });
    }

    private static String named(String owner) {
        return owner.isEmpty() ? "no owner by name" : "\"" + owner + "\"";
    }

    private CompletionStage<Optional<Made>> there(Answer answer, String owner) {
        if (answer.readings().getFirst().count() > 0) {
            Meta meta = Meta.of(keys.meta(), answer.readings().getFirst());
            if (!meta.record().getOwner().equals(owner)) {
                throw Reason.STORE_UNUSABLE
                        .because(
                                "%s belongs to %s, not to %s"
                                        .formatted(
                                                keys.root(),
                                                named(meta.record().getOwner()),
                                                named(owner)))
                        .remedy(
                                owner.isEmpty()
                                        ? "say --owner \"%s\" if that is you, or choose another --cluster name"
                                                .formatted(meta.record().getOwner())
                                        : "choose another --cluster name")
                        .asException();
            }
            UUID cluster = UUID.fromString(meta.record().getClusterUid());
            return Retries.done(Optional.of(new Made(false, cluster, meta.generation())));
        }
        if (answer.readings().getLast().count() > 0) {
            throw Reason.STORE_UNUSABLE
                    .because(
                            "there are %d keys under %s but no meta"
                                    .formatted(answer.readings().getLast().count(), keys.root()))
                    .remedy(
                            "it is what is left of a store: put its backup back, or choose another"
                                    + " --cluster name")
                    .asException();
        }
        return LogMark.lengthen(etcd, keys)
                .thenCompose(_ -> etcd.members())
                .thenCompose(members -> make(answer, members, owner));
    }

    private CompletionStage<Optional<Made>> make(
            Answer answer, List<Member> members, String owner) {
        RaftLog log =
                RaftLog.of(answer.header(), members)
                        .orElseGet(() ->
                                new RaftLog(answer.header().cluster(), answer.header().term(), 0));
        UUID cluster = uuids.get();
        StoreMeta meta =
                StoreMeta.newBuilder()
                        .setFormat(Meta.FORMAT)
                        .setClusterUid(cluster.toString())
                        .setOwner(owner)
                        .setGeneration(1)
                        .build();
        return etcd.commit(
                        new Change(
                                List.of(
                                        Condition.missing(keys.meta()),
                                        Condition.missing(keys.raft())),
                                List.of(
                                        new Put(keys.meta(), Values.text(meta)),
                                        new Put(keys.raft(), log.text(Optional.empty()))),
                                List.of()))
                .thenApply(sent ->
                        sent.matched()
                                ? Optional.of(new Made(true, cluster, 1))
                                : Optional.empty());
    }

    public CompletionStage<StoreStatus> status() {
        return StoreStatus.read(etcd, keys);
    }

    /**
     * Begins a freeze on an operator's word. In a frozen store a new one: what was said in the one
     * before was said of the store as it was then.
     */
    public CompletionStage<StoreState> freeze(String because) {
        return session().freezeAnew(because);
    }

    /** Who spoke in this freeze, and for whom an unfreeze wants a word. */
    public CompletionStage<List<FrozenInstall>> frozenInstalls() {
        return new Unfreeze(session(), etcd, keys, clock).installs();
    }

    /**
     * Ends the freeze in a new generation. Refused with STORE_FROZEN and their names while an
     * install is missing that is not in the words, with NODE_LIVE while one in the words gives
     * signs of life, and with NODE_UNKNOWN where a word is of none that the store knows.
     *
     * @param freeze the id of the freeze in which the words were said; refused in any other
     * @param words install ids or names of nodes that are off, or were rebooted since the freeze
     */
    public CompletionStage<Unfrozen> unfreeze(String freeze, Set<String> words) {
        return Retries.until(
                TRIES,
                "the end of the freeze",
                () -> new Unfreeze(session(), etcd, keys, clock).make(freeze, words));
    }

    /**
     * Brings one node's embedded store over, all or nothing; what was cut off is finished by
     * repeating. Pools keep their identity, blocks their tokens, so that the agent goes on with its
     * journal. Refused where a pool, range or name is in the way.
     *
     * @return false: it was there already
     */
    public CompletionStage<Boolean> migrate(EmbeddedContent content) {
        Continuity session = session();
        var catalogue = new Catalogue(session, keys, new Unreadable(_ -> {}));
        return session.check()
                .thenCompose(_ -> new Migration(session, keys, catalogue, clock, content).make());
    }

    /**
     * Undoes the migration of an install that was begun and cannot be finished, because its node is
     * gone. Refused where none of that install is open.
     */
    public CompletionStage<Boolean> abandonMigration(UUID install) {
        Continuity session = session();
        var catalogue = new Catalogue(session, keys, new Unreadable(_ -> {}));
        return session.check()
                .thenCompose(_ ->
                        Retries.until(
                                TRIES,
                                "the undoing of the migration",
                                () -> new UndoMigration(session, keys, catalogue, install).make()));
    }
}
