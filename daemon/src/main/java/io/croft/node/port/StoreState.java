package io.croft.node.port;

import java.util.Optional;

/**
 * What the store says of itself.
 *
 * @param generation of tokens; rises when a restored store is unfrozen
 * @param freeze which freeze it is in: it may have been restored from a backup, nothing is claimed
 *     or returned, and every install re-asserts what it owns; empty: it serves
 */
public record StoreState(long generation, Optional<String> freeze) {
    public static StoreState serving(long generation) {
        return new StoreState(generation, Optional.empty());
    }

    public boolean frozen() {
        return freeze.isPresent();
    }
}
