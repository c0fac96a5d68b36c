package io.croft.adapter.file;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The file system of this machine. */
public final class NioDisk implements Disk {
    private static final Set<OpenOption> READ_WRITE =
            Set.of(
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE,
                    LinkOption.NOFOLLOW_LINKS);
    private static final FileAttribute<?> FILE_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> DIRECTORY_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Locks are the process's: its second channel on such a file would end the first one's. */
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    @Override
    public List<String> list(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new NioFile(file, FileChannel.open(file, StandardOpenOption.READ));
    }

    @Override
    public DiskFile openToWrite(Path file) throws IOException {
        return new NioFile(file, FileChannel.open(file, READ_WRITE, FILE_MODE));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        Files.createDirectories(directory, DIRECTORY_MODE);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public Optional<Lock> tryLock(Path file) throws IOException {
        if (!LOCKED.add(file)) {
            return Optional.empty();
        }
        FileChannel channel = open(file);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            release(file, channel);
            return Optional.empty();
        }
        return Optional.of(() -> release(file, channel));
    }

    @Override
    public Lock lock(Path file) throws IOException, InterruptedException {
        if (!LOCKED.add(file)) {
            throw new IOException(file + " is locked by this process");
        }
        FileChannel channel = open(file);
        try {
            FileLock lock = channel.lock();
            return () -> release(file, lock.acquiredBy());
        } catch (FileLockInterruptionException | ClosedByInterruptException interrupted) {
            release(file, channel);
            var ended = new InterruptedException("while waiting for " + file);
            ended.initCause(interrupted);
            throw ended;
        }
    }

    @Override
    public Optional<Object> identity(Path file) {
        try {
            return Optional.of(
                    Files.readAttributes(file, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static FileChannel open(Path file) throws IOException {
        try {
            return FileChannel.open(file, READ_WRITE, FILE_MODE);
        } catch (IOException failed) {
            LOCKED.remove(file);
            throw failed;
        }
    }

    private static void release(Path file, Channel channel) throws IOException {
        // First: a second channel that is closed would end the lock of the next one.
        try {
            channel.close();
        } finally {
            LOCKED.remove(file);
        }
    }
}
