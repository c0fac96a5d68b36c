package io.croft.core.allocation;

import io.croft.core.time.BootTime;
import java.time.Instant;
import java.util.List;

/**
 * The addresses that one attachment holds, at most one of a family, IPv4 first.
 *
 * @param sequence number on this node, another after each ADD of another stamp, never used again; a
 *     release that carries it frees this allocation as it was then, or none
 * @param began start stamp of the latest ADD that was answered with it
 * @param shared whether ADDs of different stamps were answered with it, so that none of them may
 *     undo it
 * @param since when it was given, for people
 */
public record Allocation(
        Attachment attachment,
        long sequence,
        BootTime began,
        boolean shared,
        List<BlockAddress> addresses,
        Workload workload,
        Instant since) {
    public Allocation {
        addresses = List.copyOf(addresses);
    }

    /** This allocation after an ADD of another stamp was answered with it. */
    public Allocation renewed(long number, BootTime latest, Workload now) {
        return new Allocation(attachment, number, latest, true, addresses, now, since);
    }
}
