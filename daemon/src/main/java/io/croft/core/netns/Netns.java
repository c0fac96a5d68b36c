package io.croft.core.netns;

/**
 * One network namespace: a path, and the identity of the namespace behind it. A path is reused;
 * device and inode belong to the namespace as long as it exists.
 *
 * @param device 0 when the caller could not look
 * @param inode 0 when the caller could not look
 */
public record Netns(String path, long device, long inode) {
    public boolean isKnown() {
        return inode != 0;
    }

    public Identity identity() {
        return new Identity(device, inode);
    }

    /** Whether both are the same namespace, whatever their paths. */
    public boolean sameAs(Netns other) {
        return isKnown() && inode == other.inode && device == other.device;
    }
}
