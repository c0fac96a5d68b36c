package io.croft.adapter.etcd;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What could not be read in the store, in sentences for people; each is said once. Any thread. */
final class Unreadable {
    private static final int MOST = 1024;

    private final Consumer<String> alarm;
    private final Map<String, List<String>> found = new TreeMap<>();

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
            }
        }
        fresh.forEach(alarm);
    }

    synchronized List<String> all() {
        return found.values().stream().flatMap(List::stream).toList();
    }
}
