package io.croft.node.loop;

import io.croft.core.engine.Need;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * What parked requests lack, and how many lack it: a level that duties read, not a signal. The
 * loop's thread only.
 */
public final class Needs {
    private final Map<Need, Integer> counts = new HashMap<>();

    /** A view of the present turn's. */
    public Map<Need, Integer> counts() {
        return Collections.unmodifiableMap(counts);
    }

    void add(Iterable<Need> needs) {
        needs.forEach(need -> counts.merge(need, 1, Integer::sum));
    }

    void clear() {
        counts.clear();
    }
}
