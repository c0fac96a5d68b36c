package io.croft.sim;

import io.croft.adapter.file.Disk;
import io.croft.adapter.file.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A disk that keeps what is written in the process until it is synced: it dies with the process.
 */
record LazyDisk(Disk disk) implements Disk {
    private record Write(ByteBuffer bytes, long at) {}

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return disk.openToRead(file);
    }

    @Override
    public DiskFile openToWrite(Path file) throws IOException {
        return new Lazy(disk.openToWrite(file));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        disk.delete(file);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        disk.createDirectory(directory);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        disk.syncDirectory(directory);
    }

    @Override
    public Optional<Lock> tryLock(Path file) throws IOException {
        return disk.tryLock(file);
    }

    @Override
    public Lock lock(Path file) throws IOException, InterruptedException {
        return disk.lock(file);
    }

    private static final class Lazy implements DiskFile {
        private final DiskFile file;
        private final List<Write> kept = new ArrayList<>();

        Lazy(DiskFile file) {
            this.file = file;
        }

        private void flush() throws IOException {
            for (Write each : kept) {
                file.writeFully(each.bytes, each.at);
            }
            kept.clear();
        }

        @Override
        public int write(ByteBuffer from, long at) {
            var bytes = new byte[from.remaining()];
            from.get(bytes);
            kept.add(new Write(ByteBuffer.wrap(bytes), at));
            return bytes.length;
        }

        @Override
        public long size() throws IOException {
            flush();
            return file.size();
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            flush();
            return file.read(into, at);
        }

        @Override
        public void allocate(long size) throws IOException {
            flush();
            file.allocate(size);
        }

        @Override
        public void truncate(long size) throws IOException {
            flush();
            file.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            flush();
            file.sync();
        }

        @Override
        public void close() throws IOException {
            flush();
            file.close();
        }
    }
}
