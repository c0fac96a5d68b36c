package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.testing.Eventually;
import io.croft.testing.etcd.EtcdMember;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.FlakyProxy;
import io.croft.testing.etcd.RealEtcd;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Three members, and what may befall them and the way to them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EtcdFaultsIT {
    private static final String KEY = "/faults/key";
    private static final Change READ = Change.read(new Step.Get(KEY));

    private final RealEtcd cluster = RealEtcd.start(EtcdSetup.three(EtcdVersion.newest()));
    private final FlakyProxy first = FlakyProxy.to(cluster.member(0));
    private final FlakyProxy second = FlakyProxy.to(cluster.member(1));
    private final AtomicInteger losses = new AtomicInteger();
    private JetcdEtcd etcd = Clients.of(first.url());

    private static Change put(String value) {
        return new Change(List.of(), List.of(new Step.Put(KEY, value)), List.of());
    }

    @AfterAll
    void end() {
        first.close();
        second.close();
        cluster.close();
    }

    @AfterEach
    void heal() {
        etcd.close();
        first.pass();
        second.pass();
        cluster.members().stream().filter(EtcdMember::runs).forEach(EtcdMember::goOn);
        cluster.startAll();
    }

    private void use(String urls) {
        etcd.close();
        etcd = Clients.of(urls);
        losses.set(0);
        etcd.onLinkLost(losses::incrementAndGet);
        Clients.await(etcd.commit(READ));
        assertEquals(0, losses.get());
    }

    private String stored() {
        try (var direct = Clients.of(cluster.member(2).url())) {
            return value(Clients.await(direct.commit(READ)));
        }
    }

    private static String value(Answer answer) {
        return answer.readings().getFirst().entries().stream()
                .map(Etcd.Entry::value)
                .findFirst()
                .orElse("");
    }

    private void untilLost() {
        Eventually.holds(losses::get, () -> losses.get() > 0);
    }

    @Test
    void doesNotKnowTheOutcomeWhenTheReplyIsLost() {
        use(first.url());
        first.swallowReplies();
        var change = etcd.commit(put("lost reply"));
        Eventually.holds(this::stored, () -> stored().equals("lost reply"));
        long handled = cluster.member(0).handled("Txn", "OK");
        first.pass();
        first.cut();
        Rejection why = Clients.refusal(change);
        assertEquals(Reason.OUTCOME_UNKNOWN, why.reason());
        assertTrue(why.message().contains(first.url()), why.message());
        untilLost();
        Clients.untilAnswered(() -> etcd.commit(READ));
        // The reading only: the change was not sent again.
        assertEquals(handled + 1, cluster.member(0).handled("Txn", "OK"));
    }

    @Test
    void saysThatNothingWasDoneWhenThereWasNoConnection() {
        use(first.url());
        first.refuse();
        untilLost();
        Rejection why = Clients.refusal(etcd.commit(put("never")));
        assertEquals(Reason.STORE_UNAVAILABLE, why.reason());
        assertTrue(why.message().contains("connection refused"), why.message());
        assertTrue(!stored().equals("never"));
    }

    @Test
    void asksTheNextEndpointWhenOneRefuses() {
        first.refuse();
        etcd = Clients.of(first.url() + "," + second.url());
        assertTrue(Clients.await(etcd.commit(put("next"))).matched());
        assertEquals("next", stored());
    }

    @Test
    void leavesASilentEndpointAfterOneCall() {
        use(first.url() + "," + second.url());
        first.silence();
        Rejection why = Clients.refusal(etcd.commit(put("silent")));
        assertEquals(Reason.OUTCOME_UNKNOWN, why.reason());
        assertTrue(why.message().contains("none in 2 s"), why.message());
        assertTrue(losses.get() > 0);
        Clients.await(etcd.commit(put("heard")));
        assertEquals("heard", stored());
    }

    @Test
    void endsReadsOfASilentEndpointAsNoAnswer() {
        use(first.url());
        first.silence();
        assertEquals(Reason.STORE_UNAVAILABLE, Clients.refusal(etcd.commit(READ)).reason());
        assertEquals(Reason.STORE_UNAVAILABLE, Clients.refusal(etcd.members()).reason());
        assertEquals(Reason.STORE_UNAVAILABLE, Clients.refusal(etcd.renew(7)).reason());
        first.pass();
        Clients.untilAnswered(() -> etcd.commit(READ));
    }

    @Test
    void leavesOutMembersThatDoNotAnswer() {
        use(cluster.urls());
        assertEquals(3, Clients.await(etcd.members()).size());
        cluster.member(1).kill();
        cluster.member(2).pause();
        List<Member> answering = Clients.await(etcd.members());
        assertEquals(
                List.of(cluster.member(0).url()),
                answering.stream().map(Member::endpoint).toList());
        // What others do not answer says nothing of the member in use.
        assertEquals(0, losses.get());
    }

    @Test
    void goesOnWithoutTheMemberThatItUsed() {
        use(cluster.urls());
        cluster.member(0).kill();
        untilLost();
        Clients.untilAnswered(() -> etcd.commit(put("two left")));
        assertEquals("two left", stored());
    }

    @Test
    void goesOnWithoutTheMemberThatStopped() {
        use(cluster.urls());
        cluster.member(0).pause();
        Clients.refusal(etcd.commit(put("unheard")));
        assertTrue(losses.get() > 0);
        Clients.untilAnswered(() -> etcd.commit(put("other member")));
        assertEquals("other member", stored());
    }

    @Test
    void goesOnWithAnotherLeader() {
        use(cluster.urls());
        var tool = cluster.tool();
        EtcdMember leader = tool.leader();
        EtcdMember next =
                cluster.members().stream().filter(m -> !m.equals(leader)).findFirst().orElseThrow();
        tool.moveLeader(next);
        Clients.untilAnswered(() -> etcd.commit(put("led")));
        assertEquals("led", stored());
        assertEquals(next, tool.leader());
    }

    @Test
    void saysWhatHoldsWithoutAMajority() {
        use(cluster.urls());
        cluster.member(1).kill();
        cluster.member(2).kill();
        assertEquals(
                Reason.OUTCOME_UNKNOWN, Clients.refusal(etcd.commit(put("minority"))).reason());
        assertEquals(1, Clients.await(etcd.members()).size());
    }

    @Test
    void findsBackByItselfWhenAllWereDown() {
        use(cluster.urls());
        var hints = new AtomicInteger();
        etcd.watch("/faults/", hints::incrementAndGet);
        Eventually.holds(hints::get, () -> hints.get() > 0);
        cluster.killAll();
        untilLost();
        Rejection why = Clients.refusal(etcd.commit(put("down")));
        assertEquals(Reason.STORE_UNAVAILABLE, why.reason());
        cluster.members().forEach(m -> assertTrue(why.message().contains(m.url()), why.message()));
        int before = hints.get();
        cluster.startAll();
        Eventually.holds(hints::get, () -> hints.get() > before);
        Clients.untilAnswered(() -> etcd.commit(put("up again")));
        int watched = hints.get();
        Clients.await(etcd.commit(put("seen")));
        Eventually.holds(hints::get, () -> hints.get() > watched);
    }

    @Test
    void noticesTheEndOfAConnectionWithoutACall() {
        use(first.url());
        first.cut();
        untilLost();
    }

    @Test
    void hintsAcrossACompactionAndARestart() {
        use(cluster.urls());
        var hints = new AtomicInteger();
        etcd.watch("/faults/", hints::incrementAndGet);
        Eventually.holds(hints::get, () -> hints.get() > 0);
        cluster.tool().compact();
        int compacted = hints.get();
        Clients.await(etcd.commit(put("after compaction")));
        Eventually.holds(hints::get, () -> hints.get() > compacted);
        cluster.member(0).kill();
        cluster.start(cluster.member(0));
        untilLost();
        int restarted = hints.get();
        Clients.untilAnswered(() -> etcd.commit(put("after restart")));
        Eventually.holds(hints::get, () -> hints.get() > restarted);
    }

    @Test
    void watchesThatHearNothingDoNoHarm() {
        use(first.url());
        var hints = new AtomicInteger();
        etcd.watch("/faults/", hints::incrementAndGet);
        Eventually.holds(hints::get, () -> hints.get() > 0);
        first.silence();
        Clients.refusal(etcd.commit(READ));
        int before = hints.get();
        first.pass();
        Clients.untilAnswered(() -> etcd.commit(put("heard again")));
        Eventually.holds(hints::get, () -> hints.get() > before);
    }

    @Test
    void waitsForASlowNetworkWithinTheDeadline() {
        use(first.url());
        first.delay(Duration.ofMillis(100));
        Clients.await(etcd.commit(put("slow")));
        assertEquals("slow", stored());
    }

    @Test
    void endsCallsWhenItIsClosed() {
        use(first.url());
        first.silence();
        var underWay = etcd.commit(READ);
        etcd.close();
        assertEquals(Reason.STORE_UNAVAILABLE, Clients.refusal(underWay).reason());
        assertEquals(Reason.STORE_UNAVAILABLE, Clients.refusal(etcd.commit(READ)).reason());
        assertEquals(0, losses.get());
    }
}
