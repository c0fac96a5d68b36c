package io.croft.adapter.host;

import io.croft.core.time.BootTime;
import java.io.IOException;
import java.nio.file.Path;

/** Where namespaces are beside their paths: among mounts and in processes, as read once. */
record Elsewhere(MountedNamespaces mounts, ProcessNamespaces processes) {
    /**
     * As it is now.
     *
     * @param processes where proc(5) is mounted
     */
    static Elsewhere read(Path processes) throws IOException {
        return new Elsewhere(MountedNamespaces.read(), ProcessNamespaces.read(processes));
    }

    /** Whether one of that inode is somewhere. */
    boolean contains(long inode) {
        return mounts.contains(inode) || processes.contains(inode);
    }

    /**
     * Whether the one is somewhere that had this inode before another name came: as a mount of its
     * time, or with a process that was there then.
     *
     * @param changed its change time
     * @param last when it was last seen at its path
     */
    boolean containsFormer(long inode, Object changed, BootTime last) {
        return mounts.contains(inode, changed) || processes.containsOneOf(last, inode);
    }
}
