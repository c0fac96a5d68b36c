package io.croft.adapter.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NioDiskTest extends DiskContract {
    @TempDir private Path directory;

    @Override
    Disk disk() {
        return new NioDisk();
    }

    @Override
    Path directory() {
        return directory;
    }

    @Override
    AutoCloseable holdLock(Path file) throws Exception {
        return LockHolder.start(file);
    }

    @Test
    void nobodyElseMayReadWhatItMakes() throws IOException {
        disk().createDirectory(directory.resolve("d"));
        disk().openToWrite(directory.resolve("d/f")).close();
        assertEquals("rwx------", permissions("d"));
        assertEquals("rw-------", permissions("d/f"));
    }

    @Test
    void anotherProcessesLockIsSeenAndWaitedFor() throws Exception {
        Path file = directory.resolve("lock");
        AutoCloseable holder = LockHolder.start(file);
        assertTrue(disk().tryLock(file).isEmpty());
        Thread release =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                holder.close();
                            } catch (Exception failed) {
                                throw new AssertionError(failed);
                            }
                        });
        disk().lock(file).close();
        release.join();
    }

    private String permissions(String name) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(name)));
    }
}
