package io.croft.adapter.cni;

import io.croft.core.rejection.Rejection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The directory in which a container runtime looks for CNI plugins, with our shim in it, which is
 * found by its name. Refusals are INVALID_FIELD and name the option.
 */
public final class PluginDirectory {
    private static final String SHIM = "croft";
    private static final String BIN_DIR = "bin-dir";
    private static final String SHIM_FILE = "shim";
    private static final long LARGEST_SHIM = 64 << 20;

    private final Path directory;
    private final PlacedFile shim;

    public PluginDirectory(Path directory) {
        this.directory = directory;
        this.shim = new PlacedFile(directory, SHIM, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Where the shim stands, or would. */
    public Path shim() {
        return shim.path();
    }

    /** Copies a shim into it; durable when it returns. False: the very same was there. */
    public boolean install(Path from) {
        byte[] program = read(from);
        HostDirectory.check(BIN_DIR, directory);
        if (Files.isDirectory(shim.path(), LinkOption.NOFOLLOW_LINKS)) {
            throw Rejection.invalid(
                            BIN_DIR,
                            directory.toString(),
                            "its entry \"%s\" is a directory".formatted(SHIM))
                    .remedy("remove that directory: the plugin must have its name")
                    .asException();
        }
        try {
            return shim.put(program);
        } catch (IOException failed) {
            throw HostDirectory.refusal(BIN_DIR, directory, failed);
        }
    }

    /** Takes the shim away; false: there was none. */
    public boolean remove() {
        try {
            return shim.remove();
        } catch (IOException failed) {
            throw HostDirectory.refusal(BIN_DIR, directory, failed);
        }
    }

    private static byte[] read(Path from) {
        try {
            if (!Files.isRegularFile(from)) {
                throw shimRefusal(
                        from, Files.exists(from) ? "is no plain file" : "there is no such file");
            }
            long size = Files.size(from);
            if (size == 0 || size > LARGEST_SHIM) {
                throw shimRefusal(from, "%d bytes are no CNI plugin".formatted(size));
            }
            return Files.readAllBytes(from);
        } catch (IOException unreadable) {
            throw shimRefusal(from, "cannot be read: " + HostDirectory.words(unreadable));
        }
    }

    private static RuntimeException shimRefusal(Path file, String why) {
        return Rejection.invalid(SHIM_FILE, file.toString(), why)
                .remedy("name the shim of a distribution of Croft, as dist/cni/croft, with --shim")
                .asException();
    }
}
