package io.croft.node.port;

import java.util.UUID;

/**
 * Who changes ownership. Every change compares the install's incarnation, so the loser of a race
 * changes nothing.
 */
public record Registrant(UUID install, String node, long incarnation) {}
