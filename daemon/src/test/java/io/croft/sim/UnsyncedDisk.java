package io.croft.sim;

import io.croft.adapter.file.Disk;
import io.croft.adapter.file.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A disk on which nothing is ever made durable on purpose. */
record UnsyncedDisk(Disk disk) implements Disk {
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
        return new Unsynced(disk.openToWrite(file));
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
    public void syncDirectory(Path directory) {}

    @Override
    public Optional<Lock> tryLock(Path file) throws IOException {
        return disk.tryLock(file);
    }

    @Override
    public Lock lock(Path file) throws IOException, InterruptedException {
        return disk.lock(file);
    }

    private record Unsynced(DiskFile file) implements DiskFile {
        @Override
        public int write(ByteBuffer from, long at) throws IOException {
            return file.write(from, at);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            return file.read(into, at);
        }

        @Override
        public void allocate(long size) throws IOException {
            file.allocate(size);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void sync() {}

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
