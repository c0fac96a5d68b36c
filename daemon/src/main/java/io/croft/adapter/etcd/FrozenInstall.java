package io.croft.adapter.etcd;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * An install in a freeze.
 *
 * @param missing why nobody spoke for it, or not for all of it; empty: it re-asserted its blocks
 */
public record FrozenInstall(UUID install, String node, Optional<String> missing) {
    boolean isIn(Set<String> words) {
        return words.contains(install.toString()) || words.contains(node);
    }

    boolean isMissing() {
        return missing.isPresent();
    }
}
