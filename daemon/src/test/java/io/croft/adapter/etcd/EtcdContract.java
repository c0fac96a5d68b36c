package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link Etcd} promises; each test uses keys under a prefix of its own. */
abstract class EtcdContract {
    /** The one under test. */
    abstract Etcd etcd();

    /** The stage's value; waits as long as it takes a stage to end. */
    abstract <T> T await(CompletionStage<T> stage);

    /** Waits until the condition holds. */
    abstract void until(AtomicInteger counter, int atLeast);

    /** A new one for each test. */
    abstract String prefix();

    private Answer commit(List<Condition> conditions, List<Step> then, List<Step> otherwise) {
        return await(etcd().commit(new Change(conditions, then, otherwise)));
    }

    private Answer put(String key, String value) {
        return commit(List.of(), List.of(new Step.Put(key, value)), List.of());
    }

    private Reading read(Step step) {
        return await(etcd().commit(Change.read(step))).readings().getFirst();
    }

    @Test
    void readsWhatWasWritten() {
        String key = prefix() + "a";
        Answer written = put(key, "größer 𝄞");
        assertTrue(written.matched());
        Reading reading = read(new Step.Get(key));
        assertEquals(
                List.of(new Entry(key, "größer 𝄞", written.header().revision(), 0)),
                reading.entries());
        assertEquals(1, reading.count());
    }

    @Test
    void findsNothingUnderAKeyThatIsMissing() {
        Reading reading = read(new Step.Get(prefix() + "none"));
        assertEquals(List.of(), reading.entries());
        assertEquals(0, reading.count());
    }

    @Test
    void carriesOutTheOneListOrTheOther() {
        String key = prefix() + "a";
        List<Step> then = List.of(new Step.Put(key, "then"));
        List<Step> otherwise = List.of(new Step.Get(key));
        assertTrue(commit(List.of(Condition.missing(key)), then, otherwise).matched());
        Answer second = commit(List.of(Condition.missing(key)), then, otherwise);
        assertFalse(second.matched());
        assertEquals("then", second.readings().getFirst().entries().getFirst().value());
    }

    @Test
    void comparesTheLatestChange() {
        String key = prefix() + "a";
        put(key, "1");
        Entry seen = read(new Step.Get(key)).entries().getFirst();
        List<Step> then = List.of(new Step.Put(key, "2"));
        assertTrue(commit(List.of(Condition.unchanged(seen)), then, List.of()).matched());
        assertFalse(commit(List.of(Condition.unchanged(seen)), then, List.of()).matched());
    }

    @Test
    void holdsAllConditionsOrDoesNothing() {
        String key = prefix() + "a";
        put(key, "1");
        var conditions = List.of(Condition.missing(prefix() + "b"), Condition.missing(key));
        List<Step> then = List.of(new Step.Put(prefix() + "b", "x"));
        assertFalse(commit(conditions, then, List.of()).matched());
        assertEquals(0, read(new Step.Get(prefix() + "b")).count());
    }

    @Test
    void givesOneRevisionToAllThatATransactionWrote() {
        Answer answer =
                commit(
                        List.of(),
                        List.of(
                                new Step.Put(prefix() + "a", "1"),
                                new Step.Put(prefix() + "b", "2"),
                                new Step.Get(prefix() + "a")),
                        List.of());
        // Steps see what the steps before them did.
        assertEquals("1", answer.readings().getFirst().entries().getFirst().value());
        Reading both = read(all(0, Form.VALUES));
        assertEquals(
                List.of(answer.header().revision(), answer.header().revision()),
                both.entries().stream().map(Entry::modified).toList());
    }

    @Test
    void keepsTheRevisionWhenItOnlyReads() {
        long before = put(prefix() + "a", "1").header().revision();
        assertEquals(
                before, await(etcd().commit(Change.read(all(0, Form.VALUES)))).header().revision());
    }

    private Step.Range all(int most, Form form) {
        return new Step.Range(prefix(), prefix() + "\u007f", most, form);
    }

    @Test
    void readsRangesInTheirOrderUpToTheirEnd() {
        for (String name : List.of("c", "a", "b", "d")) {
            put(prefix() + name, name);
        }
        Reading reading = read(new Step.Range(prefix() + "a", prefix() + "d", 2, Form.VALUES));
        assertEquals(List.of("a", "b"), reading.entries().stream().map(Entry::value).toList());
        assertEquals(3, reading.count());
    }

    @Test
    void readsKeysAndCountsAlone() {
        put(prefix() + "a", "1");
        put(prefix() + "b", "2");
        Reading keys = read(all(0, Form.KEYS));
        assertEquals(
                List.of(prefix() + "a", prefix() + "b"),
                keys.entries().stream().map(Entry::key).toList());
        assertEquals(List.of("", ""), keys.entries().stream().map(Entry::value).toList());
        Reading count = read(all(0, Form.COUNT));
        assertEquals(List.of(), count.entries());
        assertEquals(2, count.count());
    }

    @Test
    void deletesKeysAndRanges() {
        for (String name : List.of("a", "b", "c", "d")) {
            put(prefix() + name, name);
        }
        commit(List.of(), List.of(new Step.Delete(prefix() + "a")), List.of());
        commit(List.of(), List.of(new Step.DeleteRange(prefix() + "b", prefix() + "d")), List.of());
        assertEquals(
                List.of("d"),
                read(all(0, Form.VALUES)).entries().stream().map(Entry::value).toList());
    }

    @Test
    void tellsAKeyThatWasWrittenAgainFromTheOldOne() {
        String key = prefix() + "a";
        put(key, "1");
        Entry old = read(new Step.Get(key)).entries().getFirst();
        commit(List.of(), List.of(new Step.Delete(key)), List.of());
        put(key, "1");
        assertFalse(commit(List.of(Condition.unchanged(old)), List.of(), List.of()).matched());
    }

    @Test
    void takesAsManyStepsAsItSays() {
        List<Step> most =
                IntStream.range(0, Etcd.MOST_STEPS)
                        .<Step>mapToObj(i -> new Step.Put(prefix() + i, "x"))
                        .toList();
        assertTrue(commit(List.of(), most, List.of()).matched());
        assertEquals(Etcd.MOST_STEPS, read(all(0, Form.COUNT)).count());
        List<Step> tooMany =
                IntStream.rangeClosed(0, Etcd.MOST_STEPS)
                        .<Step>mapToObj(i -> new Step.Put(prefix() + i, "x"))
                        .toList();
        assertThrows(IllegalArgumentException.class, () -> commit(List.of(), tooMany, List.of()));
    }

    @Test
    void endsKeysWithTheirLease() {
        long lease = await(etcd().grant(Duration.ofSeconds(60)));
        String key = prefix() + "live";
        commit(List.of(), List.of(new Step.Put(key, "x", lease)), List.of());
        assertEquals(lease, read(new Step.Get(key)).entries().getFirst().lease());
        assertTrue(await(etcd().renew(lease)));
        await(etcd().revoke(lease));
        assertEquals(0, read(new Step.Get(key)).count());
        assertFalse(await(etcd().renew(lease)));
        await(etcd().revoke(lease));
    }

    @Test
    void grantsLeasesThatDiffer() {
        long one = await(etcd().grant(Duration.ofSeconds(60)));
        long other = await(etcd().grant(Duration.ofSeconds(60)));
        assertNotEquals(one, other);
        assertNotEquals(0, one);
        await(etcd().revoke(one));
        assertTrue(await(etcd().renew(other)));
        await(etcd().revoke(other));
    }

    @Test
    void freesAKeyFromItsLeaseByAPutWithoutOne() {
        long lease = await(etcd().grant(Duration.ofSeconds(60)));
        String key = prefix() + "a";
        commit(List.of(), List.of(new Step.Put(key, "x", lease)), List.of());
        put(key, "y");
        await(etcd().revoke(lease));
        assertEquals("y", read(new Step.Get(key)).entries().getFirst().value());
    }

    @Test
    void namesTheMemberThatAnswered() {
        Etcd.Header header = put(prefix() + "a", "1").header();
        List<Etcd.Member> members = await(etcd().members());
        Etcd.Member answered =
                members.stream()
                        .filter(member -> member.header().member() == header.member())
                        .findFirst()
                        .orElseThrow();
        assertEquals(header.cluster(), answered.header().cluster());
        assertTrue(answered.header().term() >= header.term());
        assertTrue(answered.header().revision() >= header.revision());
        assertTrue(answered.index() > 0);
        assertTrue(
                members.stream().anyMatch(m -> m.header().member() == answered.leader()),
                "somebody leads");
    }

    @Test
    void hintsAtChangesUnderAPrefix() {
        var hints = new AtomicInteger();
        etcd().watch(prefix(), hints::incrementAndGet);
        // A watch begins with a hint at the latest when it hears of the first change.
        for (int i = 0; i < 3; i++) {
            int before = hints.get();
            put(prefix() + "a", "value " + i);
            until(hints, before + 1);
        }
    }
}
