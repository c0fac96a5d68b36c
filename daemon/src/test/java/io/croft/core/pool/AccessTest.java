package io.croft.core.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.Refusals;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {
    private static Access namespaces(String... globs) {
        return new Access(Stream.of(globs).map(Glob::new).toList(), List.of(), false, 0);
    }

    private static Access nodes(String... globs) {
        return new Access(List.of(), Stream.of(globs).map(Glob::new).toList(), false, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "team-a, team-a, true",
        "team-a, team-ab, false",
        "team-*, team-, true",
        "team-*, team-a, true",
        "team-*, other, false",
        "*, x, true",
        "?, x, true",
        "?, xy, false",
        "a.c, abc, false",
        "a.c, a.c, true",
        "*-prod, shop-prod, true",
        "*a*b*, xxaxxbxx, true",
        "*a*b*, xxbxxaxx, false",
        "a*a, a, false",
        "a*a, aa, true",
        "**, anything, true",
        "(a|b), a, false",
        "[a], a, false",
        "a+, aa, false",
        "a?c*, abcd, true",
        "*?, '', false",
        "\\Q*\\E, \\Qx\\E, true",
    })
    void matchesNamesByStarAndQuestionMark(String glob, String name, boolean matches) {
        assertEquals(matches, new Glob(glob).matches(name));
    }

    @Test
    void letsAStarStandForAnyCharacter() {
        assertTrue(new Glob("a*b").matches("a\n\r\u2028b"));
        assertTrue(new Glob("a?b").matches("a\nb"));
    }

    @Test
    void comesToAnEndOnHostileNames() {
        assertFalse(new Glob("*a*a*a*b").matches("a".repeat(50_000)));
    }

    @Test
    void refusesPatternsThatWouldBeSlow() {
        Refusals.invalid("namespaces", "*a*a*a*a*", () -> Glob.parse("namespaces", "*a*a*a*a*"));
        Refusals.invalid("namespaces", "", () -> Glob.parse("namespaces", ""));
    }

    @Test
    void matchesNoEntryWithoutANamespace() {
        Access any = namespaces("*");
        assertFalse(any.allowsNamespace(""));
        assertFalse(any.matchesNamespace(""));
        assertFalse(any.namesNamespace(""));
        assertTrue(Access.OPEN.allowsNamespace(""));
    }

    @Test
    void tellsExactNamesFromPatterns() {
        Access both = namespaces("team-a", "team-*");
        assertTrue(both.namesNamespace("team-a"));
        assertFalse(both.namesNamespace("team-b"));
        assertTrue(both.matchesNamespace("team-b"));
        assertFalse(both.allowsNamespace("other"));
    }

    @Test
    void matchesNodesByNameOrLabel() {
        Access access = nodes("edge-*", "zone=a");
        assertTrue(access.allowsNode("edge-1", Map.of()));
        assertTrue(access.allowsNode("core-1", Map.of("zone", "a")));
        assertFalse(access.allowsNode("core-1", Map.of("zone", "b")));
        assertFalse(access.allowsNode("core-1", Map.of("region", "a")));
        assertTrue(Access.OPEN.allowsNode("core-1", Map.of()));
    }

    @Test
    void refusesADefaultPoolKeptForNamespaces() {
        var why =
                Refusals.invalid(
                        "default",
                        "true",
                        () -> new Access(List.of(new Glob("a")), List.of(), true, 0));
        assertTrue(why.remedy().contains("--default"), why.remedy());
    }
}
