package io.croft.adapter.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What every {@link Disk} does. */
abstract class DiskContract {
    abstract Disk disk();

    /** An empty directory. */
    abstract Path directory();

    @Test
    void readsWhatWasWrittenWhereItWasWritten() throws IOException {
        write("a", "hello", 0);
        write("a", "J", 7);
        assertEquals("hello\0\0J", read("a"));
    }

    @Test
    void readsNothingBehindTheEnd() throws IOException {
        write("a", "hello", 0);
        try (DiskFile file = disk().openToRead(path("a"))) {
            assertEquals(-1, file.read(ByteBuffer.allocate(1), 5));
            assertEquals(5, file.size());
        }
    }

    @Test
    void aFileThatIsOpenedToReadMustBeThere() {
        assertThrows(NoSuchFileException.class, () -> disk().openToRead(path("none")));
    }

    @Test
    void allocatesZerosAndKeepsWhatIsThere() throws IOException {
        write("a", "hello", 0);
        try (DiskFile file = disk().openToWrite(path("a"))) {
            file.allocate(100_000);
            assertEquals(100_000, file.size());
            file.truncate(6);
        }
        assertEquals("hello\0", read("a"));
    }

    @Test
    void aRenameReplacesWhatHadTheName() throws IOException {
        write("a", "new", 0);
        write("b", "old", 0);
        disk().rename(path("a"), path("b"));
        disk().syncDirectory(directory());
        assertEquals("new", read("b"));
        assertEquals(List.of("b"), disk().list(directory()));
    }

    @Test
    void aDirectoryMovesWithWhatIsInIt() throws IOException {
        disk().createDirectory(path("a"));
        disk().createDirectory(path("a"));
        disk().openToWrite(path("a").resolve("inside")).close();
        disk().rename(path("a"), path("b"));
        assertEquals(List.of("inside"), disk().list(path("b")));
        assertFalse(disk().exists(path("a")));
    }

    @Test
    void anOpenFileKeepsItsContentUnderAnotherName() throws IOException {
        try (DiskFile file = disk().openToWrite(path("a"))) {
            disk().rename(path("a"), path("b"));
            file.writeFully(ByteBuffer.wrap("later".getBytes(UTF_8)), 0);
            file.sync();
        }
        assertEquals("later", read("b"));
    }

    @Test
    void deletingWhatIsNotThereIsNoError() throws IOException {
        write("a", "hello", 0);
        disk().delete(path("a"));
        disk().delete(path("a"));
        assertFalse(disk().exists(path("a")));
    }

    @Test
    void aLockIsOnesAlone() throws IOException {
        Disk.Lock lock = disk().tryLock(path("lock")).orElseThrow();
        assertTrue(disk().tryLock(path("lock")).isEmpty());
        lock.close();
        disk().tryLock(path("lock")).orElseThrow().close();
    }

    @Test
    void aFreeLockIsTakenWithoutWaiting() throws Exception {
        disk().lock(path("lock")).close();
    }

    @Test
    void anInterruptEndsTheWaitForALock() throws Exception {
        try (var _ = holdLock(path("lock"))) {
            var outcome = new CompletableFuture<Class<?>>();
            Thread waiter =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    disk().lock(path("lock"));
                                    outcome.complete(Disk.Lock.class);
                                } catch (IOException | InterruptedException ended) {
                                    outcome.complete(ended.getClass());
                                }
                            });
            waiter.interrupt();
            assertEquals(InterruptedException.class, outcome.get());
        }
    }

    /** Has the lock held by somebody who is not this process, if the disk knows processes. */
    abstract AutoCloseable holdLock(Path file) throws Exception;

    private Path path(String name) {
        return directory().resolve(name);
    }

    private void write(String name, String text, long at) throws IOException {
        try (DiskFile file = disk().openToWrite(path(name))) {
            file.writeFully(ByteBuffer.wrap(text.getBytes(UTF_8)), at);
        }
    }

    private String read(String name) throws IOException {
        try (DiskFile file = disk().openToRead(path(name))) {
            var content = ByteBuffer.allocate((int) file.size());
            file.readFully(content, 0);
            return new String(content.array(), UTF_8);
        }
    }
}
