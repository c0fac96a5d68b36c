package io.croft.adapter.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateDirectoryTest {
    private static final Path ROOT = Path.of("/var/lib/croft");

    private final SimDisk disk = new SimDisk();

    @Test
    void isMadeWhereThereIsNone() throws IOException {
        StateDirectory state = StateDirectory.open(disk, ROOT);
        assertEquals(ROOT.resolve("journal"), state.journal());
        assertEquals(List.of(), disk.list(ROOT));
    }

    @Test
    void onlyOneHasTheLock() throws IOException {
        StateDirectory first = StateDirectory.open(disk, ROOT);
        StateDirectory second = StateDirectory.open(disk, ROOT);
        assertTrue(first.tryLock());
        assertTrue(first.tryLock());
        assertFalse(second.tryLock());
        first.close();
        assertTrue(second.tryLock());
    }

    @Test
    void whoWaitsForTheLockGetsIt() throws Exception {
        StateDirectory first = StateDirectory.open(disk, ROOT);
        StateDirectory second = StateDirectory.open(disk, ROOT);
        first.lock();
        CompletableFuture<Void> locked = locking(second);
        first.close();
        locked.get();
        assertTrue(second.tryLock());
    }

    /** Waits for its lock, elsewhere. */
    private static CompletableFuture<Void> locking(StateDirectory state) {
        return CompletableFuture.runAsync(() -> {
            try {
                state.lock();
            } catch (IOException | InterruptedException failed) {
                throw new AssertionError(failed);
            }
        });
    }

    @Test
    void whoWaitsForALockWhoseFileIsReplacedGetsTheOneThatCounts(@TempDir Path root)
            throws Exception {
        Path lock = root.resolve("lock");
        StateDirectory state = StateDirectory.open(new NioDisk(), root);
        CompletableFuture<Void> locked;
        try (var _ = LockHolder.start(lock)) {
            locked = locking(state);
            Eventually.holds(() -> isOpen(lock));
            Files.delete(lock);
            Files.createFile(lock);
        }
        locked.get();
        assertTrue(state.isStillLocked());
        assertThrows(IOException.class, () -> LockHolder.start(lock), "two have the lock");
        state.close();
    }

    /** Whether this process has it open. */
    private static boolean isOpen(Path file) {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.anyMatch(each -> {
                try {
                    return Files.readSymbolicLink(each).equals(file);
                } catch (IOException closed) {
                    return false;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aBadJournalIsSetAsideUnderAFreshName() throws IOException {
        StateDirectory state = StateDirectory.open(disk, ROOT);
        for (int i = 1; i <= 3; i++) {
            disk.createDirectory(state.journal());
            disk.openToWrite(state.journal().resolve("evidence-" + i)).close();
            assertEquals(ROOT.resolve("journal.set-aside-" + i), state.setAside());
        }
        assertFalse(disk.exists(state.journal()));
        assertEquals(List.of("evidence-2"), disk.list(ROOT.resolve("journal.set-aside-2")));
    }

    @Test
    void isRefusedByNameWhereNothingCanBeWritten(@TempDir Path parent) throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        var refused =
                assertThrows(
                        IOException.class,
                        () -> StateDirectory.open(new NioDisk(), file.resolve("state")));
        String said = String.valueOf(refused.getMessage());
        assertTrue(said.startsWith(file.resolve("state") + ": "), said);
        assertThrows(IOException.class, () -> StateDirectory.open(new NioDisk(), file));
    }
}
