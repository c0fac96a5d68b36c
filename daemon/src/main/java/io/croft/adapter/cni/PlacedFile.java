package io.croft.adapter.cni;

import io.croft.adapter.file.Disk;
import io.croft.adapter.file.DiskFile;
import io.croft.adapter.file.NioDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;

/**
 * A file of ours in a directory that we share with others. It is replaced as a whole, so that a
 * runtime finds the old one or the new one, also when this process is killed or the power fails at
 * any point.
 *
 * <p>Each write has a temporary file of its own beside it, which nobody takes for a plugin or a
 * configuration. Those of writers that were killed are removed by the next one; a writer that is
 * still at work fails by that, changes nothing, and may try again.
 */
final class PlacedFile {
    private static final String TEMPORARY = ".tmp";
    private static final String ASIDE = ".aside";

    private final Disk disk = new NioDisk();
    private final Path directory;
    private final Path path;
    private final Path aside;
    private final String stem;
    private final Set<PosixFilePermission> mode;

    PlacedFile(Path directory, String name, Set<PosixFilePermission> mode) {
        this.directory = directory;
        this.path = directory.resolve(name);
        this.aside = directory.resolve("." + name + ASIDE);
        this.stem = "." + name + "-";
        this.mode = mode;
    }

    Path path() {
        return path;
    }

    /** Durable when it returns; false: the file was so already. */
    boolean put(byte[] content) throws IOException {
        removeStrays();
        if (isSo(content)) {
            return false;
        }
        Path temporary = Files.createTempFile(directory, stem, TEMPORARY);
        try {
            write(temporary, content);
            disk.rename(temporary, path);
        } finally {
            disk.delete(temporary);
        }
        disk.delete(aside);
        disk.syncDirectory(directory);
        return true;
    }

    private void write(Path temporary, byte[] content) throws IOException {
        try (DiskFile file = disk.openToWrite(temporary)) {
            file.writeFully(ByteBuffer.wrap(content), 0);
            Files.setPosixFilePermissions(temporary, mode);
            file.sync();
        }
    }

    /** Gives it a name that nobody takes for anything; durable. False: there was none. */
    boolean setAside() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        disk.rename(path, aside);
        disk.syncDirectory(directory);
        return true;
    }

    /** Undoes that, also for a process that was killed; a file that is there by now stays. */
    void putBack() throws IOException {
        if (Files.exists(aside, LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            disk.rename(aside, path);
            disk.syncDirectory(directory);
        }
    }

    /** What was set aside goes, too. False: there was none at its name. */
    boolean remove() throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        removeStrays();
        boolean removed = Files.deleteIfExists(path);
        disk.delete(aside);
        disk.syncDirectory(directory);
        return removed;
    }

    private void removeStrays() throws IOException {
        for (String name : disk.list(directory)) {
            if (name.startsWith(stem) && name.endsWith(TEMPORARY)) {
                disk.delete(directory.resolve(name));
            }
        }
    }

    private boolean isSo(byte[] content) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        var now = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return now.size() == content.length
                && now.permissions().equals(mode)
                && Arrays.equals(Files.readAllBytes(path), content);
    }
}
