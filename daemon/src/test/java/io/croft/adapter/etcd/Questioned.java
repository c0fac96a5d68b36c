package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Header;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.RejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An etcd that is asked, and its answers in words that two of them can share. */
abstract class Questioned implements AutoCloseable {
    static final List<String> WATCHED = List.of("/", "/h/", "/h/b", "/i/", "/\ud83d", "/none/");

    /** Under no watched prefix, and changed after all: when it is heard of, so are they. */
    static final String LAST = "last";

    private static final String COMPACTED = "compacted";
    private static final int SHOWN = 60;

    private final List<Long> leases = new ArrayList<>();
    private Header begin = new Header(0, 0, 0, 0);
    private long index;

    abstract Etcd etcd();

    /** Until all of those keys are gone; leases of ten minutes are not. */
    abstract void lapse(List<String> keys);

    abstract void full(boolean now);

    /** Up to the present revision. */
    abstract void compact();

    abstract void restart();

    abstract void backUp();

    abstract void restore(boolean bumped, boolean otherCluster);

    abstract List<SimSpace.Held> content();

    /** Watches that gave a hint since the last time; the change of {@link #LAST} was made. */
    abstract Set<String> hinted();

    /** Terms, indexes and ids count from here on. */
    final void begin() {
        Member now = await(etcd().member());
        begin = now.header();
        index = now.index();
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    final String ask(Question question) {
        try {
            return answer(question);
        } catch (RejectedException refused) {
            return "refused: %s%s"
                    .formatted(
                            refused.rejection().reason(),
                            Failures.isNoLease(refused) ? ", no such lease" : "");
        } catch (IllegalArgumentException never) {
            return "not sent";
        }
    }

    private String answer(Question question) {
        return switch (question) {
            case Question.Commit(Change change) ->
                    words(shown(change, await(etcd().commit(with(change)))));
            case Question.Grant(long seconds) ->
                    then(() -> {
                        var _ = grant(seconds);
                    });
            case Question.Renew(int lease) -> "renewed " + await(etcd().renew(id(lease)));
            case Question.Revoke(int lease) -> then(() -> await(etcd().revoke(id(lease))));
            case Question.Status() ->
                    words(await(etcd().member()))
                            + ", "
                            + await(etcd().members()).stream().map(this::words).toList();
            case Question.Lapse(List<String> keys, long seconds) -> {
                keys.forEach(key -> put(key, grant(seconds)));
                lapse(keys);
                beginIndex();
                yield "lapsed " + await(etcd().renew(leases.getLast()));
            }
            case Question.Full(boolean now) -> {
                full(now);
                beginIndex();
                yield "done";
            }
            case Question.Compact() -> {
                // A revision is compacted once only.
                put(COMPACTED, 0);
                compact();
                yield "done";
            }
            case Question.Hints() -> {
                put(LAST, 0);
                yield "hints " + hinted();
            }
            case Question.Restart() -> {
                restart();
                begin();
                yield "restarted";
            }
            case Question.Backup() -> then(this::backUp);
            case Question.Restore(boolean bumped, boolean otherCluster) -> {
                Header before = begin;
                restore(bumped, otherCluster);
                Member now = await(etcd().member());
                boolean same = now.header().cluster() == before.cluster();
                begin();
                yield "restored, %s cluster, revision %d"
                        .formatted(same ? "the same" : "another", now.header().revision());
            }
            case Question.Content() ->
                    content().stream().map(this::words).collect(Collectors.joining("\n"));
        };
    }

    private static String then(Runnable deed) {
        deed.run();
        return "done";
    }

    /** What a restart, an alarm and a lapse leave in the log is etcd's own affair. */
    private void beginIndex() {
        index = await(etcd().member()).index();
    }

    private void put(String key, long lease) {
        await(
                etcd().commit(
                                new Change(
                                        List.of(),
                                        List.of(new Step.Put(key, "x", lease)),
                                        List.of())));
    }

    private long grant(long seconds) {
        long lease = await(etcd().grant(Duration.ofSeconds(seconds)));
        leases.add(lease);
        return lease;
    }

    private long id(long number) {
        return number == 0
                ? 0
                : number == Question.NO_LEASE || number > leases.size()
                        ? Long.MAX_VALUE
                        : leases.get((int) number - 1);
    }

    private Change with(Change change) {
        Function<Step, Step> named =
                step ->
                        step instanceof Step.Put(String key, String value, long lease)
                                ? new Step.Put(key, value, id(lease))
                                : step;
        return new Change(
                change.conditions(),
                change.then().stream().map(named).toList(),
                change.otherwise().stream().map(named).toList());
    }

    /** Some versions show the leases of keys that are read alone, and some do not. */
    private static Answer shown(Change change, Answer answer) {
        var forms =
                (answer.matched() ? change.then() : change.otherwise())
                        .stream()
                                .filter(step ->
                                        step instanceof Step.Get || step instanceof Step.Range)
                                .map(step ->
                                        step instanceof Step.Range range
                                                ? range.form()
                                                : Etcd.Form.VALUES)
                                .iterator();
        return new Answer(
                answer.matched(),
                answer.readings().stream()
                        .map(reading -> forms.next() == Etcd.Form.KEYS ? bare(reading) : reading)
                        .toList(),
                answer.header());
    }

    private static Reading bare(Reading reading) {
        return new Reading(
                reading.entries().stream()
                        .map(entry -> new Entry(entry.key(), entry.value(), entry.modified(), 0))
                        .toList(),
                reading.count());
    }

    private String words(Answer answer) {
        return "%s, %s, %s"
                .formatted(
                        answer.matched(),
                        answer.readings().stream().map(this::words).toList(),
                        words(answer.header()));
    }

    private String words(Reading reading) {
        return "%s of %d"
                .formatted(reading.entries().stream().map(this::words).toList(), reading.count());
    }

    private String words(Entry entry) {
        return "%s=%s @%d, lease %d"
                .formatted(
                        entry.key(),
                        shortened(entry.value()),
                        entry.modified(),
                        1 + leases.indexOf(entry.lease()));
    }

    private static String shortened(String value) {
        return value.length() > SHOWN ? value.length() + "#" + value.hashCode() : value;
    }

    /** The question for people. */
    static String words(Question question) {
        return question instanceof Question.Commit(Change change)
                ? "if %s then %s else %s"
                        .formatted(
                                change.conditions(),
                                change.then().stream().map(Questioned::words).toList(),
                                change.otherwise().stream().map(Questioned::words).toList())
                : question.toString();
    }

    private static Step words(Step step) {
        return step instanceof Step.Put(String key, String value, long lease)
                ? new Step.Put(key, shortened(value), lease)
                : step;
    }

    private String words(SimSpace.Held held) {
        return "%s, created %d, version %d"
                .formatted(words(held.entry()), held.created(), held.version());
    }

    private String words(Header header) {
        return "revision %d, term +%d, cluster %s, member %s"
                .formatted(
                        header.revision(),
                        header.term() - begin.term(),
                        header.cluster() == begin.cluster(),
                        header.member() == begin.member());
    }

    private String words(Member member) {
        return "%s, index +%d, leads %s"
                .formatted(
                        words(member.header()),
                        member.index() - index,
                        member.leader() == member.header().member());
    }

    @Override
    public abstract void close();
}
