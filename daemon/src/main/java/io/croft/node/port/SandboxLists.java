package io.croft.node.port;

import java.util.Optional;

/**
 * The lists of sandboxes of this host that somebody named.
 *
 * @param runtime of the container runtime that runs this node's pods
 * @param cache of results that the runtime's CNI library keeps
 */
public record SandboxLists(Optional<SandboxList> runtime, Optional<SandboxList> cache) {
    public static final SandboxLists NONE = new SandboxLists(Optional.empty(), Optional.empty());
}
