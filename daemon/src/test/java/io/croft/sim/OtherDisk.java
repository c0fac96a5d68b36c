package io.croft.sim;

import io.croft.adapter.file.Disk;
import io.croft.adapter.file.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A disk that does something else than it should. As it is: nothing else. */
class OtherDisk implements Disk {
    private final Disk disk;

    OtherDisk(Disk disk) {
        this.disk = disk;
    }

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
        return disk.openToWrite(file);
    }

    @Override
    public Optional<Object> identity(Path file) {
        return disk.identity(file);
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
}
