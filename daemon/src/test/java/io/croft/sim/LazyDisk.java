package io.croft.sim;

import io.croft.adapter.file.Disk;
import io.croft.adapter.file.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk that keeps what is written in the process until it is synced: it dies with the process.
 */
final class LazyDisk extends OtherDisk {
    private final Effects effects;

    private record Write(ByteBuffer bytes, long at) {}

    LazyDisk(Disk disk, Effects effects) {
        super(disk);
        this.effects = effects;
    }

    @Override
    public DiskFile openToWrite(Path file) throws IOException {
        return new Lazy(super.openToWrite(file), effects);
    }

    private static final class Lazy implements DiskFile {
        private final DiskFile file;
        private final Effects effects;
        private final List<Write> kept = new ArrayList<>();

        Lazy(DiskFile file, Effects effects) {
            this.file = file;
            this.effects = effects;
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
            effects.add();
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
