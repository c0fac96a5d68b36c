package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Header;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.core.rejection.Reason;
import io.croft.core.time.Clock;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The one way to etcd: what stands there now must go on from what stood there before.
 *
 * <p>Each answer's header is compared with what was seen before its question was sent; one that
 * does not go on from it counts as no answer and as a lost link. What changes ownership or pools is
 * sent only after a check that nothing was lost since. A check reads {@code meta} and the raft
 * mark, then asks the very member that answered how far its log has come: after a linearizable read
 * that member is not behind anything that anybody saw before, unless the store went back.
 *
 * <p>What this client saw of the log itself, or the one before it in the same state directory,
 * counts within a generation of the store only: an unfreeze accepts another log.
 */
final class Continuity implements StoreSession {
    private static final int TRIES = 8;

    private final Etcd etcd;
    private final Keys keys;
    private final Clock clock;
    private final Supplier<UUID> uuids;
    private final LastSeen lastSeen;
    private final OneCluster endpoints;

    Continuity(Etcd etcd, Keys keys, Clock clock, Supplier<UUID> uuids) {
        this(etcd, keys, clock, uuids, Optional.empty());
    }

    /**
     * @param before what {@link #position} said in the process before this one
     */
    Continuity(
            Etcd etcd,
            Keys keys,
            Clock clock,
            Supplier<UUID> uuids,
            Optional<StorePosition> before) {
        this.etcd = etcd;
        this.keys = keys;
        this.clock = clock;
        this.uuids = uuids;
        this.lastSeen = new LastSeen(before);
        this.endpoints = new OneCluster(etcd, lastSeen::lose);
    }

    void start() {
        etcd.onLinkLost(lastSeen::lose);
    }

    @Override
    public void onLost(Runnable lost) {
        lastSeen.onLost(lost);
    }

    /** Where the store was when it was last found in order; empty: never. */
    Optional<StorePosition> position() {
        return lastSeen.position();
    }

    /** What {@code meta} said last; empty: nobody looked yet. */
    Optional<Meta> meta() {
        return lastSeen.meta();
    }

    /** From an answer: {@code meta} as it is now. */
    Meta saw(Etcd.Reading reading) {
        Meta meta = Meta.of(keys.meta(), reading);
        lastSeen.saw(meta);
        return meta;
    }

    /** From an answer: {@code meta} as it is now; refuses with STORE_FROZEN while it is frozen. */
    Meta requireServing(Etcd.Reading reading) {
        Meta meta = saw(reading);
        if (meta.isFrozen()) {
            throw meta.frozen().asException();
        }
        return meta;
    }

    /** Sends it. */
    CompletionStage<Answer> commit(Change change) {
        Optional<Header> before = lastSeen.horizon();
        return etcd.commit(change)
                .thenApply(answer -> {
                    lastSeen.believe(before, answer.header(), wrote(change, answer));
                    return answer;
                });
    }

    private static boolean wrote(Change change, Answer answer) {
        return (answer.matched() ? change.then() : change.otherwise())
                .stream().anyMatch(Put.class::isInstance);
    }

    /**
     * Sends what only the store that was checked may be told. An answer that comes after the link
     * was lost counts for nothing: it may be another store's.
     */
    CompletionStage<Answer> commitChecked(Change change) {
        long losses = lastSeen.seen().losses();
        if (!lastSeen.isChecked()) {
            return unchecked();
        }
        return commit(change)
                .thenApply(answer -> {
                    if (lastSeen.seen().losses() != losses) {
                        throw Reason.OUTCOME_UNKNOWN
                                .because("the link to etcd was lost before its answer was read")
                                .asException();
                    }
                    return answer;
                });
    }

    /** Whether nothing was lost since the last check. */
    boolean isChecked() {
        return lastSeen.isChecked();
    }

    <T> CompletionStage<T> unchecked() {
        return Retries.refused(
                Reason.STORE_UNAVAILABLE.because(
                        "the link to etcd was lost, and what stands there now was not compared yet"));
    }

    @Override
    public CompletionStage<StoreState> check() {
        return endpoints
                .check()
                .thenCompose(_ -> Retries.until(TRIES, "the comparison with etcd", this::look));
    }

    private CompletionStage<Optional<StoreState>> look() {
        LastSeen.Snapshot seen = lastSeen.seen();
        return etcd.commit(Change.read(new Get(keys.meta()), new Get(keys.raft())))
                .thenCompose(answer ->
                        teller(answer.header())
                                .thenCompose(teller ->
                                        teller.isEmpty()
                                                ? Retries.done(Optional.empty())
                                                : judge(seen, answer, teller.get())));
    }

    /** The member that answered. It is the one in use, unless a proxy chose it. */
    private CompletionStage<Optional<Member>> teller(Header header) {
        return etcd.member()
                .thenCompose(inUse ->
                        inUse.header().member() == header.member()
                                ? Retries.done(Optional.of(inUse))
                                : etcd.members()
                                        .thenApply(all ->
                                                all.stream()
                                                        .filter(each ->
                                                                each.header().member()
                                                                        == header.member())
                                                        .findFirst()));
    }

    private CompletionStage<Optional<StoreState>> judge(
            LastSeen.Snapshot seen, Answer answer, Member teller) {
        Meta meta = Meta.of(keys.meta(), answer.readings().getFirst());
        seen.checkSameStore(meta);
        RaftLog log = RaftLog.of(answer.header(), teller);
        Optional<Entry> mark = answer.readings().getLast().first();
        Optional<RaftLog> marked = RaftLog.of(mark);
        Optional<String> proof =
                marked.isEmpty()
                        ? Optional.of(keys.raft() + " is missing or cannot be read")
                        : marked.get().contradiction(log);
        if (!meta.isFrozen()) {
            proof = proof.or(() -> seen.contradiction(meta, log, answer.header()));
        }
        if (proof.isPresent()) {
            // In a freeze too: a backup that was taken in one brings back its words, and what they
            // were said of may be lost.
            return freeze(meta, proof.get(), List.of(new Put(keys.raft(), log.text(mark))))
                    .thenApply(_ -> Optional.empty());
        }
        if (LogMark.isYoung(log)) {
            // The mark must tell of the next restore too; the next look moves it up.
            return LogMark.lengthen(etcd, keys).thenApply(_ -> Optional.empty());
        }
        Optional<RaftLog> known = Optional.of(log).filter(_ -> !meta.isFrozen());
        boolean stale = marked.orElseThrow().isStale(log);
        return (stale ? LogMark.moveUp(etcd, keys, meta, mark, log) : Retries.done(meta))
                .thenApply(_ -> lastSeen.settle(seen, meta, known, answer.header()));
    }

    @Override
    public CompletionStage<StoreState> freeze(String proof) {
        return freeze(proof, Meta::isFrozen);
    }

    /** On an operator's word, in a frozen store too. */
    CompletionStage<StoreState> freezeAnew(String because) {
        return freeze(because, _ -> false);
    }

    private CompletionStage<StoreState> freeze(String because, Predicate<Meta> isEnough) {
        return Retries.until(
                TRIES,
                "the freeze",
                () ->
                        etcd.commit(Change.read(new Get(keys.meta())))
                                .thenCompose(answer -> {
                                    Meta meta = saw(answer.readings().getFirst());
                                    return isEnough.test(meta)
                                            ? Retries.done(Optional.of(meta.state()))
                                            : freeze(meta, because, List.of());
                                }));
    }

    /** Empty: {@code meta} changed meanwhile. */
    private CompletionStage<Optional<StoreState>> freeze(Meta meta, String proof, List<Step> more) {
        UUID id = uuids.get();
        var frozen = new StoreState(meta.generation(), Optional.of(id.toString()));
        var steps = new ArrayList<>(more);
        steps.add(new Put(keys.meta(), meta.frozenText(proof, clock.now().wall(), id)));
        return etcd.commit(new Change(List.of(Condition.unchanged(meta.entry())), steps, List.of()))
                .thenApply(sent -> Optional.of(frozen).filter(_ -> sent.matched()));
    }

    @Override
    public CompletionStage<Void> asserted(Registrant by, StoreState in, AssertedBlocks word) {
        return new AssertBlocks(this, keys, by, in, word).make().thenApply(_ -> null);
    }
}
