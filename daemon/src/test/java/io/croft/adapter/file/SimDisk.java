package io.croft.adapter.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that can fail at any call, fill up, lose power and rot. Every call counts, also
 * those on open files. After a crash the process's calls all end in the same {@link Crash} until
 * {@link #killed} or {@link #losePower} begins the next process.
 */
public final class SimDisk implements Disk {
    /** One process's life: its open files end with it. */
    private static final class Life {
        boolean over;
    }

    private final SimDirectory root = new SimDirectory();
    private final Set<Path> locked = new HashSet<>();
    private Life life = new Life();
    private long calls;
    private long faultAt = -1;
    private Fault fault = Fault.EIO;
    private long capacity = Long.MAX_VALUE;

    /** The n-th call from now on, from 1, meets that fault; those after it are as usual again. */
    public synchronized void failAt(long n, Fault what) {
        faultAt = calls + n;
        fault = what;
    }

    /** Calls so far. */
    public synchronized long calls() {
        return calls;
    }

    /** All files together may have that many bytes. */
    public synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    /** The process was killed; what it wrote is in the page cache. */
    public synchronized void killed() {
        life.over = true;
        life = new Life();
        locked.clear();
        faultAt = -1;
    }

    /** The machine lost power: what was not synced is there, or not, or in part. */
    public synchronized void losePower(long seed) {
        killed();
        root.losePower(new Random(seed));
    }

    /** Another disk with the same files, all of them durable. */
    public synchronized SimDisk copy() {
        var copy = new SimDisk();
        copy(root, copy.root);
        return copy;
    }

    private static void copy(SimDirectory from, SimDirectory to) {
        from.cached.forEach((name, node) -> {
            if (node instanceof SimFile file) {
                to.put(name, file.copy());
            } else {
                var directory = new SimDirectory();
                copy((SimDirectory) node, directory);
                to.put(name, directory);
            }
        });
        to.sync();
    }

    /** The content of a file, to look at and to damage; counts as no call. */
    public synchronized byte[] content(Path file) throws IOException {
        return file(file).cached;
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        return call(life, () -> List.copyOf(directory(directory).cached.keySet()));
    }

    @Override
    public synchronized boolean exists(Path path) throws IOException {
        return call(life, () -> find(path) != null);
    }

    @Override
    public synchronized DiskFile openToRead(Path file) throws IOException {
        return call(life, () -> new Open(life, file(file), false));
    }

    @Override
    public synchronized DiskFile openToWrite(Path file) throws IOException {
        return call(
                life,
                () -> {
                    SimDirectory parent = parent(file);
                    if (!parent.cached.containsKey(name(file))) {
                        parent.put(name(file), new SimFile());
                    }
                    return new Open(life, file(file), true);
                });
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        call(
                life,
                () -> {
                    if (find(from) == null || parent(from) != parent(to)) {
                        throw new NoSuchFileException(from.toString());
                    }
                    parent(from).rename(name(from), name(to));
                    return true;
                });
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        call(
                life,
                () -> {
                    if (find(file) != null) {
                        parent(file).remove(name(file));
                    }
                    return true;
                });
    }

    @Override
    public synchronized void createDirectory(Path directory) throws IOException {
        call(
                life,
                () -> {
                    SimDirectory at = root;
                    for (Path part : directory.toAbsolutePath()) {
                        if (!at.cached.containsKey(part.toString())) {
                            at.put(part.toString(), new SimDirectory());
                        }
                        if (!(at.cached.get(part.toString()) instanceof SimDirectory next)) {
                            throw new NotDirectoryException(directory.toString());
                        }
                        at = next;
                    }
                    return true;
                });
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        call(
                life,
                () -> {
                    directory(directory).sync();
                    return true;
                });
    }

    @Override
    public synchronized Optional<Lock> tryLock(Path file) throws IOException {
        openToWrite(file).close();
        return call(
                life, () -> locked.add(file) ? Optional.of(() -> unlock(file)) : Optional.empty());
    }

    @Override
    public synchronized Lock lock(Path file) throws IOException, InterruptedException {
        Optional<Lock> taken = tryLock(file);
        while (taken.isEmpty()) {
            wait();
            taken = tryLock(file);
        }
        return taken.get();
    }

    /** Nobody replaces the file of a lock here. */
    @Override
    public Optional<Object> identity(Path file) {
        return Optional.of(file);
    }

    private synchronized void unlock(Path file) {
        locked.remove(file);
        notifyAll();
    }

    private interface Body<T> {
        T run() throws IOException;
    }

    private <T> T call(Life caller, Body<T> body) throws IOException {
        boolean here = enter(caller);
        T result = body.run();
        if (here && (fault == Fault.CRASH_AFTER || fault == Fault.CRASH_WITHIN)) {
            throw crash(caller);
        }
        return result;
    }

    /** Counts a call; true: it is the one that meets the fault. */
    private boolean enter(Life caller) throws IOException {
        if (caller.over) {
            throw new Crash("a call of a process that is dead");
        }
        calls++;
        if (calls != faultAt) {
            return false;
        }
        switch (fault) {
            case EIO -> throw new IOException("Input/output error at call " + calls);
            case CRASH_BEFORE -> throw crash(caller);
            case ENOSPC, SHORT_WRITE, CRASH_WITHIN, CRASH_AFTER -> {}
        }
        return true;
    }

    private Crash crash(Life caller) {
        caller.over = true;
        return new Crash("%s at call %d".formatted(fault, calls));
    }

    private long used(SimDirectory directory) {
        long sum = 0;
        for (Object node : directory.cached.values()) {
            sum += node instanceof SimFile file ? file.cached.length : used((SimDirectory) node);
        }
        return sum;
    }

    private @Nullable Object find(Path path) {
        Object at = root;
        for (Path part : path.toAbsolutePath()) {
            at = at instanceof SimDirectory here ? here.cached.get(part.toString()) : null;
        }
        return at;
    }

    private SimDirectory directory(Path path) throws IOException {
        Object found = find(path);
        if (found instanceof SimDirectory directory) {
            return directory;
        }
        throw new NoSuchFileException(path.toString());
    }

    private SimDirectory parent(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? root : directory(parent);
    }

    private SimFile file(Path path) throws IOException {
        if (find(path) instanceof SimFile file) {
            return file;
        }
        throw new NoSuchFileException(path.toString());
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    /** One open file of one process. */
    private final class Open implements DiskFile {
        private final Life caller;
        private final SimFile file;
        private final boolean writable;

        Open(Life caller, SimFile file, boolean writable) {
            this.caller = caller;
            this.file = file;
            this.writable = writable;
        }

        @Override
        public long size() throws IOException {
            synchronized (SimDisk.this) {
                return call(caller, () -> (long) file.cached.length);
            }
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            synchronized (SimDisk.this) {
                return call(
                        caller,
                        () -> {
                            int count = Math.min(into.remaining(), file.cached.length - (int) at);
                            if (count > 0) {
                                into.put(file.cached, (int) at, count);
                            }
                            return count > 0 ? count : into.hasRemaining() ? -1 : 0;
                        });
            }
        }

        @Override
        public int write(ByteBuffer from, long at) throws IOException {
            synchronized (SimDisk.this) {
                boolean here = enter(caller);
                if (!writable) {
                    throw new IOException("opened to read");
                }
                boolean part = here && fault != Fault.CRASH_AFTER;
                int length = part ? from.remaining() / 2 : from.remaining();
                long room = capacity - used(root) + file.cached.length - at;
                int fits = (int) Math.max(0, Math.min(length, room));
                var bytes = new byte[fits];
                from.get(bytes);
                file.write(bytes, (int) at);
                if (here && fault != Fault.SHORT_WRITE && fault != Fault.ENOSPC) {
                    throw crash(caller);
                }
                if ((here && fault == Fault.ENOSPC) || (fits == 0 && length > 0)) {
                    throw new NoSpaceException("No space left on device");
                }
                return fits;
            }
        }

        @Override
        public void allocate(long size) throws IOException {
            synchronized (SimDisk.this) {
                writeFully(
                        ByteBuffer.allocate((int) Math.max(0, size - file.cached.length)),
                        file.cached.length);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (SimDisk.this) {
                call(
                        caller,
                        () -> {
                            file.truncate((int) size);
                            return true;
                        });
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (SimDisk.this) {
                call(
                        caller,
                        () -> {
                            file.sync();
                            return true;
                        });
            }
        }

        @Override
        public void close() throws IOException {
            synchronized (SimDisk.this) {
                call(caller, () -> true);
            }
        }
    }
}
