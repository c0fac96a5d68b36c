package io.croft.adapter.grpc;

import io.croft.core.rejection.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The path of a listening socket. It is bound beside its path and renamed over it, so that a stale
 * socket, or the one of the agent before, is replaced at once and nobody meets one that is open to
 * all.
 */
final class SocketFile {
    /** {@code sun_path} of Linux, without its final zero. */
    private static final int LONGEST_PATH = 107;

    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;

    private final Path path;
    private final Path bound;
    private long inode = -1;
    private int owner = -1;

    SocketFile(Path path) {
        this.path = path.toAbsolutePath();
        this.bound =
                this.path.resolveSibling(
                        "." + path.getFileName() + "." + ProcessHandle.current().pid());
    }

    /** Where to bind. Makes the directory, one level deep and for its owner only. */
    Path prepare() throws IOException {
        if (bound.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            throw Reason.CANNOT_START
                    .because(
                            "%s is longer than the %d bytes that a socket's path may have"
                                    .formatted(bound, LONGEST_PATH))
                    .remedy("choose a shorter run directory")
                    .asException();
        }
        Path directory = path.resolveSibling("");
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        refuseToReplaceOther();
        Files.deleteIfExists(bound);
        return bound;
    }

    /** What is no socket was put there by somebody, and a rename would destroy it. */
    private void refuseToReplaceOther() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & S_IFMT) != S_IFSOCK) {
            throw Reason.CANNOT_START
                    .because("cannot listen on %s: what is there is not a socket".formatted(path))
                    .remedy("move it away, or choose another run directory with --run-dir")
                    .with("field", "run-dir")
                    .with("value", String.valueOf(path.getParent()))
                    .asException();
        }
    }

    /** After the bind: only the owner may connect from now on, and under the final path. */
    void publish() throws IOException {
        Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
        inode = (Long) Files.getAttribute(bound, "unix:ino");
        owner = (Integer) Files.getAttribute(bound, "unix:uid");
        Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whether a user of that id may call: root, or whoever the agent runs as. */
    boolean admits(int uid) {
        return uid == 0 || uid == owner;
    }

    /** Takes the socket away, unless another agent's stands there by now. */
    void remove() throws IOException {
        Files.deleteIfExists(bound);
        if (Files.exists(path) && inode == (Long) Files.getAttribute(path, "unix:ino")) {
            Files.deleteIfExists(path);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
