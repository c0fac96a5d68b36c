package io.croft.adapter.etcd;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What could not be read in the store, in sentences for people; each is said once. Past {@link
 * #MOST} parts no further one is said or kept: that there are more is said in its place. Any
 * thread.
 */
final class Unreadable {
    static final int MOST = 1024;
    private static final String FULL =
            "more than %d parts of the store cannot be read; croft audit names them"
                    .formatted(MOST);

    private final Consumer<String> alarm;
    private final Map<String, List<String>> found = new TreeMap<>();
    private boolean full;

    Unreadable(Consumer<String> alarm) {
        this.alarm = alarm;
    }

    /** What is wrong with a part of the store now. */
    void replace(String part, List<String> now) {
        List<String> fresh = new ArrayList<>();
        synchronized (this) {
            List<String> before = found.getOrDefault(part, List.of());
            fresh.addAll(now);
            fresh.removeAll(before);
            if (now.isEmpty()) {
                found.remove(part);
            } else if (found.containsKey(part) || found.size() < MOST) {
                found.put(part, List.copyOf(now));
            } else {
                fresh.clear();
                if (!full) {
                    full = true;
                    fresh.add(FULL);
                }
            }
        }
        fresh.forEach(alarm);
    }

    synchronized List<String> all() {
        return found.values().stream().flatMap(List::stream).toList();
    }
}
