package io.croft.adapter.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SimDiskTest extends DiskContract {
    private static final Path FILE = Path.of("/d/f");

    private SimDisk disk = new SimDisk();

    @BeforeEach
    void makeDirectory() throws IOException {
        disk.createDirectory(directory());
        disk.syncDirectory(Path.of("/"));
    }

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    Path directory() {
        return Path.of("/d");
    }

    @Override
    AutoCloseable holdLock(Path file) throws Exception {
        return disk.tryLock(file).orElseThrow();
    }

    @Test
    void aPowerCutKeepsWhatWasSynced() throws IOException {
        write("synced", true);
        disk.syncDirectory(directory());
        write("later!", false);
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < 50; seed++) {
            disk = new SimDisk();
            makeDirectory();
            write("synced", true);
            disk.syncDirectory(directory());
            write("later!", false);
            disk.losePower(seed);
            seen.add(new String(disk.content(FILE), UTF_8));
        }
        assertEquals(Set.of("synced", "later!"), seen);
    }

    @Test
    void aPowerCutMayLoseANameThatWasNotSynced() throws IOException {
        Set<Boolean> seen = new HashSet<>();
        for (long seed = 0; seed < 50; seed++) {
            disk = new SimDisk();
            makeDirectory();
            write("synced", true);
            disk.losePower(seed);
            seen.add(disk.exists(FILE));
        }
        assertEquals(Set.of(true, false), seen);
    }

    @Test
    void aDeadProcessDoesNothingMore() throws IOException {
        DiskFile file = disk.openToWrite(FILE);
        disk.failAt(1, Fault.CRASH_WITHIN);
        assertThrows(Crash.class, () -> file.write(ByteBuffer.wrap("torn".getBytes(UTF_8)), 0));
        assertThrows(Crash.class, () -> file.size());
        disk.killed();
        assertThrows(Crash.class, () -> file.size());
        assertEquals("to", new String(disk.content(FILE), UTF_8));
    }

    @Test
    void aFullDiskTakesWhatFits() throws IOException {
        disk.capacity(3);
        DiskFile file = disk.openToWrite(FILE);
        ByteBuffer four = ByteBuffer.wrap("four".getBytes(UTF_8));
        assertThrows(NoSpaceException.class, () -> file.writeFully(four, 0));
        assertEquals("fou", new String(disk.content(FILE), UTF_8));
        assertEquals(2, file.write(ByteBuffer.wrap("ok".getBytes(UTF_8)), 1));
    }

    @Test
    void aFaultMeetsOneCall() throws IOException {
        disk.failAt(2, Fault.EIO);
        assertFalse(disk.exists(FILE));
        assertThrows(IOException.class, () -> disk.exists(FILE));
        write("x", true);
        assertTrue(disk.exists(FILE));
    }

    private void write(String text, boolean sync) throws IOException {
        try (DiskFile file = disk.openToWrite(FILE)) {
            file.writeFully(ByteBuffer.wrap(text.getBytes(UTF_8)), 0);
            if (sync) {
                file.sync();
            }
        }
    }
}
