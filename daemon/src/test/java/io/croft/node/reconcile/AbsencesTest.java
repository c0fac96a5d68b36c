package io.croft.node.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.core.time.BootTime;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each rule by which an allocation goes, or does not. */
class AbsencesTest extends SurveyedPods {
    @Test
    void freesWhatTwoInventoriesAMinuteApartDoNotShow() {
        holdsManyAlive(1);
        Allocation gone = pod("gone", NetnsTrace.GONE);
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(), freed(59));
        assertEquals(List.of(gone), freed(60));
    }

    @Test
    void keepsWhatIsYoungerThanTenMinutes() {
        holdsManyAlive(1);
        Allocation young =
                hold("a", "a", START, BEFORE_START, true, "/run/netns/a", NetnsTrace.GONE);
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(), freed(599));
        assertEquals(List.of(young), freed(600));
    }

    @Test
    void beginsAnewWhenItWasSeenInBetween() {
        holdsManyAlive(1);
        Allocation doubtful = pod("gone", NetnsTrace.GONE);
        assertEquals(List.of(), freed(0));
        becomes(doubtful, NetnsTrace.ALIVE);
        assertEquals(List.of(), freed(30));
        becomes(doubtful, NetnsTrace.GONE);
        assertEquals(List.of(), freed(60));
        assertEquals(List.of(), freed(119));
        assertEquals(List.of(doubtful), freed(120));
    }

    @Test
    void beginsAnewWhenAnotherAddWasAnswered() {
        holdsManyAlive(1);
        Allocation former = pod("gone", NetnsTrace.GONE);
        assertEquals(List.of(), freed(0));
        held.remove(former);
        held.add(former.renewed(2, BootTime.ZERO, former.workload()));
        assertEquals(List.of(), freed(60));
    }

    @Test
    void keepsWhatNobodyCanJudge() {
        holdsManyAlive(1);
        pod("unknown", NetnsTrace.UNKNOWN);
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(), freed(6000));
    }

    @Test
    void keepsWhatMayLiveAtAnotherPath() {
        Allocation missing = pod("missing", NetnsTrace.MISSING);
        Netns there = missing.workload().netns().orElseThrow().netns();
        var elsewhere = new Netns("/run/netns/alias", there.device(), there.inode());
        traces.put(new SeenNetns(elsewhere, true), NetnsTrace.ALIVE);
        holdsManyAlive(1);
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(), freed(60));
    }

    @Test
    void keepsWhatNoAgentEverSaw() {
        holdsManyAlive(1);
        hold("a", "a", BootTime.ZERO, BEFORE_START, false, "/run/netns/a", NetnsTrace.GONE);
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(), freed(60));
    }

    @Test
    void keepsWhatWasInTheNamespaceOfAProcess() {
        holdsManyAlive(1);
        hold("a", "a", BootTime.ZERO, BEFORE_START, true, "/proc/17/ns/net", NetnsTrace.GONE);
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(), freed(60));
    }

    @Test
    void countsForNothingWhereNoNamespaceIsFound() {
        gone(2);
        assertCountsForNothing("no namespace", 0);
        assertCountsForNothing("no namespace", 60);
    }

    @Test
    void countsForNothingWhereTheNamespaceOfANewPodWasNotSeen() {
        holdsManyAlive(1);
        pod("gone", NetnsTrace.GONE);
        Allocation unseen =
                hold("new", "new", START, ACQUIRED + 1, false, "/new", NetnsTrace.UNKNOWN);
        assertCountsForNothing("did not see the namespace of", 0);
        assertCountsForNothing("did not see the namespace of", 60);
        held.remove(unseen);
        assertEquals(List.of(), freed(120));
        assertEquals(1, freed(180).size());
    }

    @Test
    void doesNotAskForTheNamespaceOfAPodThatAFormerAgentServed() {
        holdsManyAlive(1);
        Allocation gone = pod("gone", NetnsTrace.GONE);
        hold("old", "old", START, ACQUIRED, false, "/old", NetnsTrace.UNKNOWN);
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(gone), freed(60));
    }

    @Test
    void doesNotCountAnInventoryThatIsIncomplete() {
        holdsManyAlive(1);
        Allocation gone = pod("gone", NetnsTrace.GONE);
        runtime = Optional.of(Set.of());
        assertCountsForNothing("shows nothing of what is held", 0);
        runtime = Optional.of(Set.of(held.getFirst().attachment()));
        assertEquals(List.of(), freed(60));
        assertEquals(List.of(gone), freed(120));
    }

    @Test
    void keepsWhatTheRuntimeOrTheCacheShows() {
        holdsManyAlive(1);
        Allocation listed = pod("listed", NetnsTrace.GONE);
        Allocation cached = pod("cached", NetnsTrace.GONE);
        Attachment alive = held.getFirst().attachment();
        runtime = Optional.of(new HashSet<>(Set.of(alive, listed.attachment())));
        cache = Optional.of(new HashSet<>(Set.of(alive, cached.attachment())));
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(), freed(60));
        runtime.get().remove(listed.attachment());
        assertEquals(List.of(), freed(120));
        assertEquals(List.of(listed), freed(180));
        assertTrue(absences.why(cached, START).contains("cache"));
    }

    @Test
    void countsForNothingWhereAListNeverShowedALivingPod() {
        holdsManyAlive(2);
        pod("gone", NetnsTrace.GONE);
        runtime = Optional.of(new HashSet<>(Set.of(held.getFirst().attachment())));
        assertCountsForNothing("the runtime does not show", 0);
        assertCountsForNothing("the runtime does not show", 60);
        runtime.get().add(held.get(1).attachment());
        assertEquals(List.of(), freed(120));
        assertEquals(1, freed(180).size());
    }

    @Test
    void asksNoListForAContainerThatIsNoPod() {
        holdsManyAlive(1);
        hold("podman", "", BootTime.ZERO, BEFORE_START, true, "/podman", NetnsTrace.ALIVE);
        Allocation gone = pod("gone", NetnsTrace.GONE);
        runtime = Optional.of(Set.of(held.getFirst().attachment()));
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(gone), freed(60));
    }

    @Test
    void keepsALivingSandboxThatItsRuntimeForgot() {
        holdsManyAlive(2);
        Allocation forgotten = held.get(1);
        runtime =
                Optional.of(
                        new HashSet<>(
                                Set.of(held.getFirst().attachment(), forgotten.attachment())));
        assertEquals(List.of(), freed(0));
        runtime.get().remove(forgotten.attachment());
        assertEquals(List.of(), freed(60));
        assertEquals(List.of(), freed(6000));
    }

    @Test
    void freesWhatWentUnseenOnlyWhereTheRuntimeDoesNotShowIt() {
        holdsManyAlive(1);
        Allocation missing = pod("missing", NetnsTrace.MISSING);
        hold("podman", "", BootTime.ZERO, BEFORE_START, true, "/podman", NetnsTrace.MISSING);
        hold("never", "never", BootTime.ZERO, BEFORE_START, false, "/n", NetnsTrace.MISSING);
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(), freed(60));
        Attachment alive = held.getFirst().attachment();
        Attachment never = held.getLast().attachment();
        runtime = Optional.of(new HashSet<>(Set.of(alive, never, missing.attachment())));
        assertEquals(List.of(), freed(120));
        assertEquals(List.of(), freed(180));
        runtime.get().remove(missing.attachment());
        assertEquals(List.of(), freed(240));
        assertEquals(List.of(missing), freed(300));
    }
}
