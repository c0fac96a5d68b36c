package io.croft.adapter.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AtomicFileTest {
    private static final Path DIRECTORY = Path.of("/d");
    private static final String OLD = "the old content";
    private static final String NEW = "the new content, which is longer";

    private final SimDisk disk = new SimDisk();
    private final AtomicFile file = new AtomicFile(disk, DIRECTORY, "store.json", 64);

    private static SimDisk disk() throws IOException {
        var disk = new SimDisk();
        disk.createDirectory(DIRECTORY);
        disk.syncDirectory(Path.of("/"));
        return disk;
    }

    @Test
    void aReaderFindsOldOrNewAfterAPowerCutAtAnyCall() throws IOException {
        boolean ended = false;
        for (int call = 1; !ended; call++) {
            for (long seed = 0; seed < 20; seed++) {
                SimDisk fresh = disk();
                var atomic = new AtomicFile(fresh, DIRECTORY, "store.json", 64);
                atomic.write(OLD.getBytes(UTF_8));
                fresh.failAt(call, Fault.CRASH_WITHIN);
                ended = write(atomic);
                fresh.losePower(seed);
                String found = new String(atomic.read().orElseThrow(), UTF_8);
                assertTrue(
                        found.equals(NEW) || (!ended && found.equals(OLD)),
                        "fresh.failAt(%d, CRASH_WITHIN), seed %d: %s".formatted(call, seed, found));
            }
        }
    }

    private static boolean write(AtomicFile atomic) throws IOException {
        try {
            atomic.write(NEW.getBytes(UTF_8));
            return true;
        } catch (Crash expected) {
            return false;
        }
    }

    @Test
    void aFullDiskLeavesTheOldContentAndNoRest() throws IOException {
        disk.createDirectory(DIRECTORY);
        file.write(OLD.getBytes(UTF_8));
        disk.capacity(20);
        assertThrows(NoSpaceException.class, () -> file.write(NEW.getBytes(UTF_8)));
        assertEquals(OLD, new String(file.read().orElseThrow(), UTF_8));
        assertEquals(1, disk.list(DIRECTORY).size());
    }

    @Test
    void nothingIsReadWhereNothingWasWritten() throws IOException {
        disk.createDirectory(DIRECTORY);
        assertEquals(Optional.empty(), file.read());
    }

    @Test
    void contentBeyondTheBoundIsRefused() throws IOException {
        disk.createDirectory(DIRECTORY);
        assertThrows(IOException.class, () -> file.write(new byte[65]));
        new AtomicFile(disk, DIRECTORY, "store.json", 1_000).write(new byte[65]);
        assertThrows(IOException.class, file::read);
    }
}
