package io.croft.node.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Allocation;
import io.croft.core.netns.NetnsTrace;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How much may go at once, and when nothing does. */
class GarbageBrakeTest extends SurveyedPods {
    @Test
    void letsTenGoInAMinute() {
        holdsManyAlive(100);
        gone(15);
        assertEquals(List.of(), freed(0));
        List<Allocation> first = freed(60);
        assertEquals(10, first.size());
        held.removeAll(first);
        assertEquals(List.of(), freed(61));
        assertEquals(List.of(), freed(119));
        assertEquals(5, freed(120).size());
    }

    @Test
    void stopsWhereMoreThanEightAndMoreThanAFifthWouldGo() {
        holdsManyAlive(35);
        List<Allocation> gone = gone(9);
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(), freed(60));
        assertTrue(absences.isBraked());
        assertTrue(absences.why(gone.getFirst(), START).contains("croft gc --confirm"));
        assertEquals(Set.copyOf(gone), Set.copyOf(absences.confirm()));
        assertFalse(absences.isBraked());
    }

    @Test
    void goesOnWhereAFifthWouldGo() {
        holdsManyAlive(36);
        gone(9);
        assertEquals(List.of(), freed(0));
        assertEquals(9, freed(60).size());
    }

    @Test
    void goesOnWhereEightWouldGo() {
        holdsManyAlive(1);
        gone(8);
        assertEquals(List.of(), freed(0));
        assertEquals(8, freed(60).size());
    }

    @Test
    void countsWhatWentLatelyWithWhatWouldGo() {
        holdsManyAlive(10);
        gone(8);
        assertEquals(List.of(), freed(0));
        List<Allocation> first = freed(60);
        assertEquals(8, first.size());
        held.removeAll(first);
        pod("later", NetnsTrace.GONE);
        assertEquals(List.of(), freed(120));
        assertTrue(absences.isBraked());
    }

    @Test
    void staysBrakedWhileMorePodsCome() {
        holdsManyAlive(1);
        gone(9);
        assertEquals(List.of(), freed(0));
        for (int i = 0; i < 100; i++) {
            pod("new-" + i, NetnsTrace.ALIVE);
        }
        assertEquals(List.of(), freed(60));
        held.removeIf(each -> each.workload().pod().startsWith("gone"));
        assertEquals(List.of(), freed(120));
        assertFalse(absences.isBraked());
    }

    @Test
    void confirmsNothingThatWasNotAbsentTwice() {
        holdsManyAlive(1);
        gone(9);
        assertEquals(List.of(), freed(0));
        assertEquals(List.of(), absences.confirm());
    }
}
