package io.croft.node.port;

import java.util.UUID;

/**
 * What a journal is bound to: the install, and the machine on which it was made. Anything else is
 * somebody else's journal.
 */
public record InstallIdentity(
        UUID installId, String cluster, String node, String hardwareId, String machineId) {
    /**
     * Whether a journal of that identity is one of the same node on the same machine; the install
     * id is its own.
     */
    public boolean isOfSameMachine(InstallIdentity other) {
        return cluster.equals(other.cluster)
                && node.equals(other.node)
                && hardwareId.equals(other.hardwareId)
                && machineId.equals(other.machineId);
    }
}
