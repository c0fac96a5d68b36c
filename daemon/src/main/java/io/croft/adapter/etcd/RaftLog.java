package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Header;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.core.rejection.RejectedException;
import io.croft.proto.store.v1.RaftMark;
import java.util.List;
import java.util.Optional;

/**
 * How far a raft log has come. In a log that goes on neither term nor index ever falls, as told by
 * a member that has just answered a linearizable read; a restore begins another.
 */
record RaftLog(long cluster, long term, long index) {
    /** A mark that is older than this is moved up. */
    private static final long FRESH = 20;

    /**
     * The log as a member shows it that answered a linearizable read.
     *
     * @param read the header of that answer. Its term is the cluster's; the member's own may be of
     *     an election that it began alone since, and that nobody will hear of
     */
    static RaftLog of(Header read, Member teller) {
        return new RaftLog(read.cluster(), read.term(), teller.index());
    }

    /** The same, by the member that answered; empty: it is none of these. */
    static Optional<RaftLog> of(Header read, List<Member> members) {
        return members.stream()
                .filter(each -> each.header().member() == read.member())
                .findFirst()
                .map(teller -> of(read, teller));
    }

    /** The mark; empty: it is missing or cannot be read, so nobody can tell. */
    static Optional<RaftLog> of(Optional<Entry> mark) {
        try {
            return mark.map(entry -> {
                RaftMark read = Values.read(entry, RaftMark.newBuilder()).build();
                long cluster =
                        Values.checked(
                                entry.key(), () -> Long.parseUnsignedLong(read.getClusterId(), 16));
                return new RaftLog(cluster, read.getTerm(), read.getIndex());
            });
        } catch (RejectedException unreadable) {
            return Optional.empty();
        }
    }

    String text(Optional<Entry> old) {
        return Values.text(
                old,
                RaftMark.newBuilder()
                        .setClusterId(Long.toHexString(cluster))
                        .setTerm(term)
                        .setIndex(index)
                        .build());
    }

    boolean isStale(RaftLog now) {
        return now.term > term || now.index > index + FRESH;
    }

    /** In words why the other cannot be a later state of this; empty: it may be. */
    Optional<String> contradiction(RaftLog later) {
        if (later.cluster != cluster) {
            return Optional.of(
                    "etcd's cluster id was %x and is %x".formatted(cluster, later.cluster));
        }
        if (later.term < term || later.index < index) {
            return Optional.of(
                    "etcd's raft log was at term %d, index %d and is at term %d, index %d"
                            .formatted(term, index, later.term, later.index));
        }
        return Optional.empty();
    }
}
