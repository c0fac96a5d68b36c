package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.Put;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What keeps the raft mark telling of the next restore. A log that a restore began is a few entries
 * long, and two of those look alike: so a log is made longer than any is at its beginning before a
 * store goes on in it, and the mark follows the log.
 */
final class LogMark {
    /** Entries behind which a restored log does not begin, however many members publish in it. */
    private static final int LEAST = 64;

    private LogMark() {}

    static boolean isYoung(RaftLog log) {
        return log.index() < LEAST;
    }

    /** Best effort: a mark that stays behind notices less, and the next who looks moves it. */
    static CompletionStage<?> moveUp(
            Etcd etcd, Keys keys, Meta meta, Optional<Entry> mark, RaftLog log) {
        var conditions =
                List.of(Condition.unchanged(mark.orElseThrow()), Condition.unchanged(meta.entry()));
        var steps = List.<Step>of(new Put(keys.raft(), log.text(mark)));
        return etcd.commit(new Change(conditions, steps, List.of()))
                .handle((answer, failure) -> log);
    }

    /** Writes nothing, as often as makes it long enough. */
    static CompletionStage<?> lengthen(Etcd etcd, Keys keys) {
        // A key that never is: an entry of the log, and no revision.
        var nothing = new Change(List.of(), List.of(new Delete(keys.root() + "none")), List.of());
        return lengthen(etcd, nothing, LEAST);
    }

    private static CompletionStage<?> lengthen(Etcd etcd, Change nothing, int entries) {
        return entries == 0
                ? Retries.done(nothing)
                : etcd.commit(nothing).thenCompose(_ -> lengthen(etcd, nothing, entries - 1));
    }
}
