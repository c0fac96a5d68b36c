package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Header;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.StoreState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a client saw of a store, against which it holds what it sees next. Any thread. */
final class LastSeen {
    /** A restore may bump revisions by a billion; what passes between two answers is far less. */
    private static final long LONGEST_LEAP = 10_000_000;

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private Optional<Header> horizon = Optional.empty();
    private Optional<Meta> meta = Optional.empty();
    private Optional<StorePosition> position;
    private long losses;
    private long checkedAt = -1;

    /**
     * @param before where the store was when it was last seen by this client's predecessor
     */
    LastSeen(Optional<StorePosition> before) {
        this.position = before;
    }

    /** All of it at one time: the beginning of a check. */
    record Snapshot(
            long losses,
            Optional<Header> horizon,
            Optional<Meta> meta,
            Optional<StorePosition> position) {
        void checkSameStore(Meta now) {
            Optional<String> before =
                    meta.map(each -> each.record().getClusterUid())
                            .or(() ->
                                    position.filter(StorePosition::isBinding)
                                            .map(StorePosition::store));
            if (before.filter(uid -> !uid.equals(now.record().getClusterUid())).isPresent()) {
                throw Reason.STORE_UNUSABLE
                        .because(
                                "another store stands under %s since: its cluster is %s and was %s"
                                        .formatted(
                                                now.entry().key(),
                                                now.record().getClusterUid(),
                                                before.get()))
                        .remedy(
                                "put the former store back from its backup, or drain every node and reboot it")
                        .asException();
            }
        }

        /** In words why the store that stands there now went back behind what was seen. */
        Optional<String> contradiction(Meta now, RaftLog last, Header header) {
            long generation = meta.map(Meta::generation).orElse(0L);
            if (now.generation() < generation) {
                return Optional.of(
                        "the store's generation was %d and is %d"
                                .formatted(generation, now.generation()));
            }
            var there = StorePosition.of(now, last, header);
            return position.flatMap(before -> before.contradiction(there))
                    .or(() ->
                            horizon.filter(_ -> now.generation() == generation)
                                    .filter(before -> header.revision() < before.revision())
                                    .map(before ->
                                            "etcd was at revision %d and is at %d"
                                                    .formatted(
                                                            before.revision(), header.revision())));
        }
    }

    synchronized Snapshot seen() {
        return new Snapshot(losses, horizon, meta, position);
    }

    synchronized Optional<Header> horizon() {
        return horizon;
    }

    synchronized Optional<Meta> meta() {
        return meta;
    }

    synchronized void saw(Meta now) {
        // Answers may overtake each other; only a check believes in a lower revision.
        if (meta.filter(old -> old.entry().modified() > now.entry().modified()).isEmpty()
                && meta.filter(old -> old.generation() > now.generation()).isEmpty()) {
            meta = Optional.of(now);
        }
    }

    /** Where the store was when a check last found it in order. */
    synchronized Optional<StorePosition> position() {
        return position;
    }

    synchronized boolean isChecked() {
        return checkedAt == losses;
    }

    void onLost(Runnable lost) {
        listeners.add(lost);
    }

    void lose() {
        synchronized (this) {
            losses++;
        }
        listeners.forEach(Runnable::run);
    }

    /**
     * Keeps what a check found; empty: the link was lost meanwhile, and the check counts for
     * nothing.
     */
    synchronized Optional<StoreState> settle(
            Snapshot before, Meta now, Optional<RaftLog> last, Header header) {
        if (before.losses() != losses) {
            return Optional.empty();
        }
        checkedAt = losses;
        meta = Optional.of(now);
        last.ifPresent(log -> position = Optional.of(StorePosition.of(now, log, header)));
        horizon = Optional.of(header);
        return Optional.of(now.state());
    }

    /**
     * Refuses an answer that does not go on from what was seen before its question.
     *
     * @param wrote its revision is a new one
     */
    void believe(Optional<Header> before, Header now, boolean wrote) {
        long least = wrote ? 1 : 0;
        if (before.filter(old -> !isContinued(old, now, least)).isPresent()) {
            lose();
            throw refusal(before.get(), now);
        }
        synchronized (this) {
            horizon = horizon.map(old -> later(old, now));
        }
    }

    private static boolean isContinued(Header old, Header now, long least) {
        return old.cluster() == now.cluster()
                && old.term() <= now.term()
                && old.revision() + least <= now.revision()
                && now.revision() - old.revision() <= LONGEST_LEAP;
    }

    private static Header later(Header old, Header now) {
        return new Header(
                now.cluster(),
                now.member(),
                Math.max(old.revision(), now.revision()),
                Math.max(old.term(), now.term()));
    }

    private static RejectedException refusal(Header old, Header now) {
        return Reason.OUTCOME_UNKNOWN
                .because(
                        "etcd's answer does not go on from what was there: cluster %x, term %d,"
                                .concat(" revision %d after cluster %x, term %d, revision %d")
                                .formatted(
                                        now.cluster(),
                                        now.term(),
                                        now.revision(),
                                        old.cluster(),
                                        old.term(),
                                        old.revision()))
                .asException();
    }
}
