package io.croft.node.port;

import java.util.UUID;

/**
 * The record of one life of an agent's journal: what owns blocks.
 *
 * @param bootId the boot in which it last registered
 * @param incarnation rises at every start and reconnect
 * @param nonce of that registration; settles an unknown outcome
 */
public record Install(
        UUID id,
        String node,
        String hardwareId,
        String machineId,
        UUID bootId,
        long incarnation,
        UUID nonce,
        String version) {}
