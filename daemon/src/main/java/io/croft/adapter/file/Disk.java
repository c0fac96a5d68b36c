package io.croft.adapter.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Every call on files that Croft's state rests on, behind one interface, so that a test can fail,
 * tear or lose any single one.
 *
 * <p><b>Durability.</b> What was written is in the page cache: it outlives the process. Bytes
 * outlive a power cut after {@link DiskFile#sync}; names (created, renamed, deleted) after {@link
 * #syncDirectory}, and not by the former.
 *
 * <p><b>Errors.</b> A full disk is a {@link NoSpaceException}; a missing file is a {@link
 * java.nio.file.NoSuchFileException}; any other {@link IOException} tells nothing about what was
 * done.
 *
 * <p><b>Threading.</b> Any thread. A thread that is interrupted during a call may find its file
 * closed, so threads that write must not be interrupted.
 */
public interface Disk {
    /** Names in a directory, in their order. */
    List<String> list(Path directory) throws IOException;

    boolean exists(Path path) throws IOException;

    /** Opens an existing file; writing to it fails. */
    DiskFile openToRead(Path file) throws IOException;

    /** Opens a file to read and write, and creates it (0600) where there is none. */
    DiskFile openToWrite(Path file) throws IOException;

    /** Gives a file or directory another name in its directory, at once; replaces a file there. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file; one that is not there is no error. */
    void delete(Path file) throws IOException;

    /** Creates a directory (0700) and those above it; one that is there stays as it is. */
    void createDirectory(Path directory) throws IOException;

    void syncDirectory(Path directory) throws IOException;

    /**
     * Locks a file, which nobody may open for anything else: on Linux any close of it by this
     * process ends the lock. Empty: somebody else has it.
     */
    Optional<Lock> tryLock(Path file) throws IOException;

    /** Waits for the lock; an interrupt of the thread ends the wait. */
    Lock lock(Path file) throws IOException, InterruptedException;

    /** What tells the file at that path now from others of before; empty: there is none. */
    Optional<Object> identity(Path file);

    /** An exclusive lock, held until it is closed or the process ends. */
    interface Lock extends AutoCloseable {
        @Override
        void close() throws IOException;
    }
}
