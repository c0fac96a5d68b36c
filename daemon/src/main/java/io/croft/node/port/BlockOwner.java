package io.croft.node.port;

import io.croft.core.block.Token;
import java.util.Optional;
import java.util.UUID;

/**
 * What the store says of a block that was ever owned.
 *
 * @param install empty: it was returned, and this is its tombstone
 * @param node the owner's name, for people
 */
public record BlockOwner(Optional<UUID> install, String node, Token token) {}
