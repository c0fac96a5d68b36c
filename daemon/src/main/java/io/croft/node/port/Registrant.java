package io.croft.node.port;

import java.util.UUID;

/**
 * Who changes ownership. Every change compares the install's incarnation, so the loser of a race
 * changes nothing.
 *
 * @param generation of the store in which it registered; the tokens of its new claims carry it
 */
public record Registrant(UUID install, String node, long incarnation, long generation) {}
