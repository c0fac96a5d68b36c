package io.croft.adapter.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLineTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

    @Test
    void isTimeLevelEventAndFacts() {
        var facts = new LinkedHashMap<String, String>();
        facts.put("pool", "a");
        facts.put("message", "3 of 3 held");
        facts.put("empty", "");
        assertEquals(
                "2026-01-02T03:04:05.678Z info refused pool=a message=\"3 of 3 held\" empty=\"\"",
                line(facts).text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\n2026-01-02T03:04:05Z info forged a=b",
                "x\rforged",
                "x\u0085forged",
                "x\u2028forged",
                "x\u001b[2Kforged",
                "x\" forged=\"1",
                "x forged=1",
                "x\\",
                "x\u202eforged"
            })
    void letsNoValueForgeALineOrAKey(String value) {
        String text = line(Map.of("value", value)).text();
        assertEquals(1, text.lines().count());
        assertTrue(text.chars().allMatch(c -> c >= ' ' && c < 127), text);
        String quoted = text.substring(text.indexOf("value=") + 6);
        assertTrue(quoted.matches("\"([^\"\\\\]|\\\\.)*\""), quoted);
        String json = line(Map.of("value", value)).json();
        assertEquals(1, json.lines().count());
    }

    @Test
    void cutsValuesAtABound() {
        String text = line(Map.of("value", "x".repeat(5000))).text();
        assertTrue(text.length() < 1200, "length " + text.length());
        assertTrue(text.endsWith("..."));
    }

    @Test
    void isOneJsonObject() {
        assertEquals(
                "{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"info\",\"event\":\"refused\","
                        + "\"pool\":\"a \\\"b\\\"\"}",
                line(Map.of("pool", "a \"b\"")).json());
    }

    @Test
    void keepsAFactThatIsNamedLikeAPartOfTheLine() {
        String json = line(Map.of("event", "x")).json();
        assertTrue(json.contains("\"event\":\"refused\"") && json.contains("\"fact_event\":\"x\""));
    }

    @Test
    void makesKeysHarmless() {
        String text = line(Map.of("a b=c\n", "1")).text();
        assertTrue(text.endsWith(" a_b_c_=1"), text);
        assertFalse(text.contains("\n"));
    }

    private static LogLine line(Map<String, String> facts) {
        return new LogLine(TIME, LogLevel.INFO, "refused", facts);
    }
}
