package io.croft.adapter.file;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds all that a node keeps: {@code lock}, {@code journal/}, {@code
 * store.json}, {@code position} beside an etcd, and journals that were set aside. At most one
 * process works in it, the one that has the lock; reading needs none.
 */
public final class StateDirectory implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String JOURNAL = "journal";
    private static final String STORE = "store.json";
    private static final String LEAVING = STORE + ".leaving";
    private static final String LEFT = STORE + ".left";
    private static final String NEXT_JOURNAL = JOURNAL + ".next";
    private static final String PROBE = "writable.tmp";
    private static final String SET_ASIDE = JOURNAL + ".set-aside-";

    /** A file that is made or replaced under who takes the lock makes it look again. */
    private static final int MOST_ROUNDS = 100;

    /** All but the lock. */
    private static final Pattern OURS =
            Pattern.compile("(journal|store\\.json|position)(\\..*)?|" + Pattern.quote(PROBE));

    private final Disk disk;
    private final Path root;
    private Disk.@Nullable Lock lock;
    private Optional<Object> lockFile = Optional.empty();

    private StateDirectory(Disk disk, Path root) {
        this.disk = disk;
        this.root = root;
    }

    /**
     * Creates the directory (0700) where there is none. Fails, with the directory's name and a
     * reason for people, when nothing can be written in it.
     */
    public static StateDirectory open(Disk disk, Path root) throws IOException {
        Path absolute = root.toAbsolutePath();
        try {
            if (!disk.exists(absolute)) {
                disk.createDirectory(absolute);
                Path parent = absolute.getParent();
                if (parent != null) {
                    disk.syncDirectory(parent);
                }
            }
            Path probe = absolute.resolve(PROBE);
            disk.openToWrite(probe).close();
            disk.delete(probe);
        } catch (FileSystemException refused) {
            var named =
                    new FileSystemException(
                            absolute.toString(),
                            null,
                            "the state directory cannot be written: " + refused);
            named.initCause(refused);
            throw named;
        }
        return new StateDirectory(disk, absolute);
    }

    public Path root() {
        return root;
    }

    /** The journal's directory; may not be there. */
    public Path journal() {
        return root.resolve(JOURNAL);
    }

    /** The embedded store's file; may not be there. */
    public Path store() {
        return root.resolve(STORE);
    }

    /** The embedded store's file while it is brought elsewhere; may not be there. */
    public Path leavingStore() {
        return root.resolve(LEAVING);
    }

    /** What is left of an embedded store that was brought elsewhere; may not be there. */
    public Path leftStore() {
        return root.resolve(LEFT);
    }

    /** A journal that shall take the place of the present one; may not be there. */
    public Path nextJournal() {
        return root.resolve(NEXT_JOURNAL);
    }

    /** Takes the lock; false: another process has it. */
    public synchronized boolean tryLock() throws IOException {
        for (int round = 0; lock == null; round++) {
            Optional<Object> before = lookBefore(round);
            Optional<Disk.Lock> taken = disk.tryLock(root.resolve(LOCK));
            if (taken.isEmpty()) {
                return false;
            }
            keep(taken.get(), before);
        }
        return true;
    }

    /** Waits until the lock is free and takes it; an interrupt of the thread ends the wait. */
    public void lock() throws IOException, InterruptedException {
        boolean kept = false;
        for (int round = 0; !kept; round++) {
            Optional<Object> before = lookBefore(round);
            kept = keep(disk.lock(root.resolve(LOCK)), before);
        }
    }

    private Optional<Object> lookBefore(int round) throws IOException {
        if (round == MOST_ROUNDS) {
            throw new IOException(root.resolve(LOCK) + " becomes another file again and again");
        }
        return disk.identity(root.resolve(LOCK));
    }

    /** False, and given back: its file was made, removed or replaced since it was looked at. */
    private synchronized boolean keep(Disk.Lock taken, Optional<Object> before) throws IOException {
        if (before.isEmpty() || !before.equals(disk.identity(root.resolve(LOCK)))) {
            taken.close();
            return false;
        }
        lock = taken;
        lockFile = before;
        return true;
    }

    /**
     * Whether the file that was locked is the one at its path: a lock on a file that was removed or
     * replaced keeps nobody out.
     */
    public synchronized boolean isStillLocked() {
        return lock != null && lockFile.equals(disk.identity(root.resolve(LOCK)));
    }

    /** Moves a journal that must not be used out of the way, for good; deletes nothing. */
    public Path setAside() throws IOException {
        List<String> names = disk.list(root);
        int number = 1;
        while (names.contains(SET_ASIDE + number)) {
            number++;
        }
        Path aside = root.resolve(SET_ASIDE + number);
        disk.rename(journal(), aside);
        disk.syncDirectory(root);
        return aside;
    }

    /**
     * Removes all that a node keeps, journals that were set aside included, and the lock's file
     * last; to be called with the lock, by one who knows that the node will not come back. What
     * others put there stays, and is named.
     */
    public List<String> clear() throws IOException {
        if (!isStillLocked()) {
            throw new IOException(root + " is not locked by this process");
        }
        for (String name : disk.list(root)) {
            if (OURS.matcher(name).matches()) {
                Trees.remove(root.resolve(name));
            }
        }
        disk.delete(root.resolve(LOCK));
        disk.syncDirectory(root);
        return disk.list(root);
    }

    /** Gives the lock back. */
    @Override
    public synchronized void close() throws IOException {
        Disk.Lock held = lock;
        lock = null;
        if (held != null) {
            held.close();
        }
    }
}
