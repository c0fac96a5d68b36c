package io.croft.adapter.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** An open file of this machine. */
final class NioFile implements DiskFile {
    private static final int CHUNK = 64 * 1024;

    private final Path path;
    private final FileChannel channel;

    NioFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
        return channel.read(into, at);
    }

    @Override
    public int write(ByteBuffer from, long at) throws IOException {
        int length = from.remaining();
        try {
            return channel.write(from, at);
        } catch (IOException failed) {
            throw isFull(failed, length)
                    ? new NoSpaceException(path + ": " + failed.getMessage())
                    : failed;
        }
    }

    @Override
    public void allocate(long size) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
        for (long at = channel.size(); at < size; at = channel.size()) {
            writeFully(zeros.clear().limit((int) Math.min(CHUNK, size - at)), at);
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void sync() throws IOException {
        // Without times of access: bytes and what is needed to find them are enough.
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** The JDK has no type for a full disk: its text, or else what the file system says. */
    private boolean isFull(IOException failed, int length) {
        String text = String.valueOf(failed.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains("no space left") || text.contains("quota exceeded")) {
            return true;
        }
        try {
            return Files.getFileStore(path).getUsableSpace() < length;
        } catch (IOException unknown) {
            return false;
        }
    }
}
