package io.croft.sim;

import io.croft.adapter.file.Disk;
import io.croft.adapter.file.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Predicate;

/** A disk on which some things are never made durable on purpose. */
final class UnsyncedDisk extends OtherDisk {
    private final Predicate<String> files;
    private final boolean directories;
    private final Effects effects;

    /**
     * @param files whether the content of a file of that name is not
     * @param directories whether names are not
     */
    UnsyncedDisk(Disk disk, Predicate<String> files, boolean directories, Effects effects) {
        super(disk);
        this.files = files;
        this.directories = directories;
        this.effects = effects;
    }

    @Override
    public DiskFile openToWrite(Path file) throws IOException {
        DiskFile opened = super.openToWrite(file);
        return files.test(file.getFileName().toString()) ? new Unsynced(opened, effects) : opened;
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (directories) {
            effects.add();
        } else {
            super.syncDirectory(directory);
        }
    }

    private record Unsynced(DiskFile file, Effects effects) implements DiskFile {
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
        public void sync() {
            effects.add();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
