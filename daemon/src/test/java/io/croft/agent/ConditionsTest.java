package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConditionsTest {
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
