package io.croft.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import org.junit.jupiter.api.function.Executable;

/**
 * What a test expects of a refusal: its reason, and words that say what is wrong and what helps.
 */
public final class Refusals {
    private Refusals() {}

    public static Rejection refused(Reason reason, Executable action) {
        Rejection why = assertThrows(RejectedException.class, action).rejection();
        assertEquals(reason, why.reason(), why::sentence);
        assertFalse(why.remedy().isBlank());
        return why;
    }

    /** Field and value are named, for people, in one line, and for programs, as it is. */
    public static Rejection invalid(String field, String value, Executable action) {
        Rejection why = refused(Reason.INVALID_FIELD, action);
        assertEquals(field, why.facts().get("field"));
        assertEquals(value, why.facts().get("value"));
        assertTrue(why.message().contains(field), why.message());
        assertTrue(
                why.message().contains(Reason.INVALID_FIELD.because(value).message()),
                why.message());
        return why;
    }
}
