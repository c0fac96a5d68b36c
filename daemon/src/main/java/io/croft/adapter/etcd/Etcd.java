package io.croft.adapter.etcd;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The few things that Croft asks of etcd: transactions with linearizable reads, leases, hints of
 * changes, and the state of the raft log.
 *
 * <p><b>Outcome.</b> A stage that completes with an answer tells what is so. One that fails tells
 * nothing: what was sent may have been done, or may still be done. It fails with a {@link
 * io.croft.core.rejection.RejectedException} whose reason is STORE_UNAVAILABLE, STORE_DENIED,
 * STORE_FULL, or OUTCOME_UNKNOWN for what may have changed something. Nothing is ever sent twice.
 *
 * <p><b>Threading.</b> Any thread calls. Nothing blocks. Every stage ends within {@link
 * io.croft.core.engine.Timings#STORE_CALL}, on a thread of the client's: hand over before going on.
 */
public interface Etcd extends AutoCloseable {
    /** Most steps of one branch, as etcd's own limit is. */
    int MOST_STEPS = 128;

    /**
     * A condition on one key, or on all from it up to, and without, another.
     *
     * @param modified revision of the latest change; 0: there is none
     */
    record Condition(String key, Optional<String> to, long modified) {
        Condition(String key, long modified) {
            this(key, Optional.empty(), modified);
        }

        /** The key's latest change is of that revision. */
        static Condition unchanged(Entry entry) {
            return new Condition(entry.key(), entry.modified());
        }

        /** The key is as it was seen, or there still is none. */
        static Condition unchanged(String key, Optional<Entry> seen) {
            return seen.map(Condition::unchanged).orElseGet(() -> missing(key));
        }

        /** There is no such key. */
        static Condition missing(String key) {
            return new Condition(key, 0);
        }

        /** There is no key from the one up to, and without, the other. */
        static Condition none(Keys.KeyRange range) {
            return new Condition(range.from(), Optional.of(range.to()), 0);
        }
    }

    /** A part of a transaction. */
    sealed interface Step {
        /** It changes something if it is carried out. */
        default boolean writes() {
            return switch (this) {
                case Put _, Delete _, DeleteRange _ -> true;
                case Get _, Range _ -> false;
            };
        }

        /**
         * Writes a value.
         *
         * @param lease with which the key ends; 0: none
         */
        record Put(String key, String value, long lease) implements Step {
            Put(String key, String value) {
                this(key, value, 0);
            }
        }

        record Delete(String key) implements Step {}

        /** Deletes the keys from one up to, and without, another. */
        record DeleteRange(String from, String to) implements Step {}

        record Get(String key) implements Step {}

        /**
         * Reads the keys from one up to, and without, another, in their order.
         *
         * @param most entries; 0: all
         */
        record Range(String from, String to, int most, Form form) implements Step {}
    }

    /** What a range is read for. */
    enum Form {
        VALUES,
        KEYS,
        COUNT
    }

    /**
     * One transaction: if all conditions hold the one list of steps is carried out, else the other.
     * Without conditions and with reads only it is a linearizable read.
     */
    record Change(List<Condition> conditions, List<Step> then, List<Step> otherwise) {
        public Change {
            conditions = List.copyOf(conditions);
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }

        /** Some branch writes. */
        boolean writes() {
            return then.stream().anyMatch(Step::writes)
                    || otherwise.stream().anyMatch(Step::writes);
        }

        static Change read(Step... steps) {
            return read(List.of(steps));
        }

        static Change read(List<? extends Step> steps) {
            return new Change(List.of(), List.copyOf(steps), List.of());
        }
    }

    /**
     * One key.
     *
     * @param value as UTF-8; what is not is replaced, and fails where it is parsed
     * @param modified revision of its latest change
     * @param lease with which it ends; 0: none, or the keys alone were read: later versions of etcd
     *     leave it out then
     */
    record Entry(String key, String value, long modified, long lease) {}

    /**
     * What one Get or Range showed.
     *
     * @param count of all keys in the range, also those that were not asked for
     */
    record Reading(List<Entry> entries, long count) {
        public Reading {
            entries = List.copyOf(entries);
        }

        /** What a Get showed; empty: there is no such key. */
        Optional<Entry> first() {
            return entries.stream().findFirst();
        }
    }

    /** Who answered, and in which state of the log. */
    record Header(long cluster, long member, long revision, long term) {}

    /**
     * The answer to a transaction.
     *
     * @param matched all conditions held
     * @param readings of the Gets and Ranges of the list that was carried out, in their order
     */
    record Answer(boolean matched, List<Reading> readings, Header header) {
        public Answer {
            readings = List.copyOf(readings);
        }
    }

    /**
     * What one member says of itself.
     *
     * @param endpoint under which it was asked
     * @param index of its raft log
     * @param databaseBytes of its file
     * @param leader member id of the leader; 0: none
     */
    record Member(
            String endpoint,
            Header header,
            long index,
            String version,
            long databaseBytes,
            long leader) {}

    CompletionStage<Answer> commit(Change change);

    /** A new lease of that length; its id. */
    CompletionStage<Long> grant(Duration ttl);

    /** Renews a lease; false: it has ended. */
    CompletionStage<Boolean> renew(long lease);

    /** Ends a lease, and the keys with it. */
    CompletionStage<Void> revoke(long lease);

    /** The member in use, which answered last; fails when it does not answer. */
    CompletionStage<Member> member();

    /** The members behind all endpoints that answer; fails when none does. */
    CompletionStage<List<Member>> members();

    /**
     * Calls back, on any thread, after a key with that prefix may have changed. A hint: it may be
     * late, doubled or lost.
     */
    void watch(String prefix, Runnable hint);

    /**
     * Calls back, on any thread, after a connection to a member ended, or a call did not come
     * through: another etcd may stand there next.
     */
    void onLinkLost(Runnable lost);

    @Override
    void close();
}
