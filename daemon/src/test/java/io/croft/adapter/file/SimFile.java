package io.croft.adapter.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Content of one simulated file: what the page cache has, what the disk has, and what was between.
 */
final class SimFile {
    private static final int SECTOR = 64;

    byte[] cached = new byte[0];
    private byte[] durable = new byte[0];

    /** Content that sectors had since the last sync, oldest first. */
    private final Map<Integer, List<byte[]>> versions = new TreeMap<>();

    void write(byte[] bytes, int at) {
        if (at + bytes.length > cached.length) {
            cached = Arrays.copyOf(cached, at + bytes.length);
        }
        System.arraycopy(bytes, 0, cached, at, bytes.length);
        for (int sector = at / SECTOR; sector * SECTOR < at + bytes.length; sector++) {
            versions.computeIfAbsent(sector, s -> new ArrayList<>()).add(sector(cached, sector));
        }
    }

    SimFile copy() {
        var copy = new SimFile();
        copy.cached = cached.clone();
        copy.sync();
        return copy;
    }

    void truncate(int size) {
        if (size < cached.length) {
            cached = Arrays.copyOf(cached, size);
        }
    }

    void sync() {
        durable = cached.clone();
        versions.clear();
    }

    /** Each unsynced sector is as it was at any time since the last sync, each for itself. */
    void losePower(Random random) {
        int size = random.nextBoolean() ? cached.length : durable.length;
        byte[] left = Arrays.copyOf(durable, size);
        int keep = random.nextInt(3);
        versions.forEach((sector, all) -> {
            boolean lost = keep == 0 || (keep == 1 && random.nextBoolean());
            if (!lost && sector * SECTOR < size) {
                byte[] version = all.get(random.nextInt(all.size()));
                int length = Math.min(version.length, size - sector * SECTOR);
                System.arraycopy(version, 0, left, sector * SECTOR, length);
            }
        });
        cached = left;
        sync();
    }

    private static byte[] sector(byte[] content, int sector) {
        return Arrays.copyOfRange(
                content, sector * SECTOR, Math.min(content.length, (sector + 1) * SECTOR));
    }
}
