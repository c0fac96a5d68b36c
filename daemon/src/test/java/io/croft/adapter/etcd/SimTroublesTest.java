package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import io.croft.testing.ManualClock;
import io.etcd.jetcd.api.RequestOp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What befalls a simulated etcd befalls it as it does a real one. */
final class SimTroublesTest {
    private static final Change READ = Change.read(new Step.Get("/a"));

    private final ManualClock clock = new ManualClock();
    private final SimEtcd sim = new SimEtcd(clock);
    private final SimTroubles troubles = new SimTroubles(clock, sim::loseLink);
    private final Etcd etcd = troubles.before(sim);

    private static Change put(String value) {
        return new Change(List.of(), List.of(new Step.Put("/a", value)), List.of());
    }

    private void is(String value) {
        assertEquals(Map.of("/a", value), sim.content("/a"));
    }

    @Test
    void readsDeletesAndRenewsWhileItIsFull() {
        long lease = Clients.await(etcd.grant(Duration.ofMinutes(1)));
        Clients.await(etcd.commit(put("1")));
        troubles.full(true);
        assertEquals(Reason.STORE_FULL, Clients.refusal(etcd.commit(put("2"))).reason());
        assertEquals(
                Reason.STORE_FULL, Clients.refusal(etcd.grant(Duration.ofMinutes(1))).reason());
        assertTrue(Clients.await(etcd.renew(lease)));
        Clients.await(
                etcd.commit(new Change(List.of(), List.of(new Step.Delete("/a")), List.of())));
        assertEquals(0, Clients.await(etcd.commit(READ)).readings().getFirst().count());
        troubles.full(false);
        Clients.await(etcd.commit(put("3")));
        is("3");
    }

    @Test
    void carriesOutSomeOfWhatWasProposedWhenSomebodyLeadsAgain() {
        var lost = new AtomicInteger();
        etcd.onLinkLost(lost::incrementAndGet);
        troubles.loseLeader();
        assertEquals(Reason.OUTCOME_UNKNOWN, Clients.refusal(etcd.commit(put("1"))).reason());
        assertEquals(Reason.OUTCOME_UNKNOWN, Clients.refusal(etcd.commit(put("2"))).reason());
        assertEquals(Reason.STORE_UNAVAILABLE, Clients.refusal(etcd.commit(READ)).reason());
        assertEquals(3, lost.get());
        assertEquals(0, Clients.await(etcd.member()).leader());
        assertEquals(Map.of(), sim.content("/a"));
        troubles.lead(1);
        is("1");
        troubles.loseLeader();
        assertEquals(Reason.OUTCOME_UNKNOWN, Clients.refusal(etcd.commit(put("4"))).reason());
        troubles.lead(0);
        is("1");
    }

    @Test
    void refusesAWholeTransactionForOneKey() {
        troubles.allowOnly("/a");
        var foreign = new Step.Get("/b");
        for (Change change :
                List.of(
                        new Change(List.of(), List.of(new Step.Put("/a", "1")), List.of(foreign)),
                        new Change(
                                List.of(Condition.missing("/b")),
                                List.of(new Step.Put("/a", "1")),
                                List.of()))) {
            assertEquals(Reason.STORE_DENIED, Clients.refusal(etcd.commit(change)).reason());
        }
        assertEquals(Map.of(), sim.content("/a"));
        troubles.changeUsers();
        assertEquals(Reason.STORE_UNAVAILABLE, Clients.refusal(etcd.commit(put("1"))).reason());
        Clients.await(etcd.commit(put("2")));
        is("2");
    }

    @Test
    void repeatsWhatWasSentAMomentAgo() {
        Clients.await(etcd.commit(put("1")));
        Clients.await(etcd.commit(put("2")));
        troubles.repeat(0);
        is("1");
        clock.advance(Duration.ofSeconds(40));
        Clients.await(etcd.commit(put("3")));
        troubles.repeat(0);
        is("3");
    }

    @Test
    void tellsWatchesLateOrNever() {
        var hints = new AtomicInteger();
        etcd.watch("/", hints::incrementAndGet);
        sim.watches().hold();
        Clients.await(etcd.commit(put("1")));
        Clients.await(etcd.commit(put("2")));
        assertEquals(0, hints.get());
        sim.compact();
        assertEquals(1, hints.get(), "one of all, when it is opened anew");
        sim.watches().silence();
        Clients.await(etcd.commit(put("3")));
        assertEquals(1, hints.get());
        sim.watches().reopen();
        assertEquals(2, hints.get());
    }

    @Test
    void showsAMemberThatLags() {
        troubles.lag(Clients.await(etcd.member()));
        Clients.await(etcd.commit(put("1")));
        List<Member> all = Clients.await(etcd.members());
        assertEquals(2, all.size());
        assertTrue(all.getLast().index() < all.getFirst().index());
        assertTrue(all.getLast().header().revision() < all.getFirst().header().revision());
        troubles.catchUp();
        assertEquals(1, Clients.await(etcd.members()).size());
    }

    @Test
    void givesLeasesTheirWholeTimeAfterAnElection() {
        long lease = Clients.await(etcd.grant(Duration.ofSeconds(10)));
        clock.advance(Duration.ofSeconds(9));
        sim.elect();
        clock.advance(Duration.ofSeconds(9));
        assertTrue(Clients.await(etcd.renew(lease)));
        clock.advance(Duration.ofSeconds(10));
        assertFalse(Clients.await(etcd.renew(lease)));
    }

    /** A member that lags may answer others; so nobody may ask for them. */
    @Test
    void isAskedForLinearizableReadsOnly() {
        Change change =
                new Change(
                        List.of(),
                        List.of(new Step.Get("/a"), new Step.Range("/a", "/b", 0, Form.VALUES)),
                        List.of(new Step.Range("/a", "/b", 1, Form.COUNT)));
        var request = TransactionWire.request(change);
        assertEquals(2, request.getSuccessCount());
        for (List<RequestOp> all : List.of(request.getSuccessList(), request.getFailureList())) {
            assertFalse(all.stream().anyMatch(each -> each.getRequestRange().getSerializable()));
        }
    }
}
