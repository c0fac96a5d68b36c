package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.node.reconcile.GarbageWatch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    @Test
    void nameTheBrakeAndWhatKeepsTheNodeFromLooking() {
        var well = new GarbageWatch.State(40, 9, false, Optional.empty());
        assertEquals(List.of(), Conditions.garbage(well));
        var braked = new GarbageWatch.State(40, 9, true, Optional.empty());
        var brake = Conditions.garbage(braked).getFirst();
        assertEquals("GARBAGE_BRAKED", brake.type());
        assertTrue(brake.message().contains("croft gc --confirm"), brake.message());
        var blind = new GarbageWatch.State(40, 0, false, Optional.of("no answer"));
        var incomplete = Conditions.garbage(blind).getFirst();
        assertEquals("INVENTORY_INCOMPLETE", incomplete.type());
        assertTrue(incomplete.message().contains("no answer"), incomplete.message());
    }

    @Test
    void nameWhatCannotBeReadInTheStoreButNotAllOfMuch() {
        assertEquals(Optional.empty(), Conditions.damage(List.of()));
        var few = Conditions.damage(List.of("a", "b")).orElseThrow();
        assertEquals("STORE_DAMAGED", few.type());
        assertFalse(few.message().contains("more"), few.message());
        var many = Conditions.damage(List.of("a", "b", "c", "d", "e")).orElseThrow().message();
        assertTrue(many.startsWith("a; b; c; and 2 more; "), many);
    }
}
