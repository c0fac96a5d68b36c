package io.croft.node.port;

/**
 * What the store says of itself.
 *
 * @param generation of tokens; rises when a restored store is unfrozen
 * @param frozen it may have been restored from a backup: nothing is claimed or returned, and every
 *     install re-asserts what it owns
 */
public record StoreState(long generation, boolean frozen) {}
