package io.croft.adapter.file;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/** One simulated directory: names as processes see them, and as the disk has them. */
final class SimDirectory {
    /** A {@link SimFile} or a {@link SimDirectory}, by name. */
    NavigableMap<String, Object> cached = new TreeMap<>();

    private NavigableMap<String, Object> durable = new TreeMap<>();
    private final List<Runnable> unsynced = new ArrayList<>();

    void put(String name, Object node) {
        cached.put(name, node);
        unsynced.add(() -> durable.put(name, node));
    }

    void remove(String name) {
        cached.remove(name);
        unsynced.add(() -> durable.remove(name));
    }

    void rename(String from, String to) {
        Object node = cached.remove(from);
        cached.put(to, node);
        unsynced.add(() -> {
            durable.remove(from);
            durable.put(to, node);
        });
    }

    void sync() {
        durable = new TreeMap<>(cached);
        unsynced.clear();
    }

    /** Each change of a name since the last sync is there or not, each for itself. */
    void losePower(Random random) {
        int keep = random.nextInt(3);
        for (Runnable change : unsynced) {
            if (keep == 2 || (keep == 1 && random.nextBoolean())) {
                change.run();
            }
        }
        cached = new TreeMap<>(durable);
        unsynced.clear();
        for (Object node : cached.values()) {
            if (node instanceof SimFile file) {
                file.losePower(random);
            } else if (node instanceof SimDirectory directory) {
                directory.losePower(random);
            }
        }
    }
}
