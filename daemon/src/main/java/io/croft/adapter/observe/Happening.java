package io.croft.adapter.observe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Something that happened, in words: what the log and the stream of events tell. */
record Happening(LogLevel level, String event, Map<String, String> facts) {
    /** From keys and values by turns. */
    static Happening of(LogLevel level, String event, Object... facts) {
        var map = new LinkedHashMap<String, String>();
        for (int i = 0; i < facts.length; i += 2) {
            map.put(String.valueOf(facts[i]), String.valueOf(facts[i + 1]));
        }
        return new Happening(level, event, Collections.unmodifiableMap(map));
    }

    Happening with(Map<String, String> more) {
        var map = new LinkedHashMap<>(facts);
        more.forEach(map::putIfAbsent);
        return new Happening(level, event, Collections.unmodifiableMap(map));
    }
}
