package io.croft.adapter.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The network namespaces that are mounted somewhere in this process' view, be it under another name
 * or covered by another mount: these exist.
 */
final class MountedNamespaces {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private final String mounts;

    MountedNamespaces(String mounts) {
        this.mounts = mounts;
    }

    /** As it is now. A mount's name may have any bytes. */
    static MountedNamespaces read() throws IOException {
        return new MountedNamespaces(Files.readString(MOUNTS, StandardCharsets.ISO_8859_1));
    }

    boolean contains(long inode) {
        return mounts.contains(" net:[" + inode + "] ");
    }
}
