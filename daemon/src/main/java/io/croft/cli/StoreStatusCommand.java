package io.croft.cli;

import io.croft.agent.SharedStore;
import io.croft.proto.v1.MissingInstall;
import io.croft.proto.v1.StoreMember;
import io.croft.proto.v1.StoreStatus;
import picocli.CommandLine.Command;

/** {@code croft store status}. */
@Command(
        name = "status",
        description = {
            "Shows what the store says of itself, and in a frozen one who is missing.",
            "Ends with 0, or with 5 when the store is frozen."
        },
        sortOptions = false,
        footer = {
            "",
            "Example:",
            "  croft store status --store http://10.0.0.1:2379 --cluster prod"
        })
final class StoreStatusCommand extends StoreCall {
    @Override
    Exit ask(SharedStore store, Output output) {
        StoreStatus status = store.status();
        output.one(status, () -> text(status));
        return status.getFrozen() ? Exit.OPERATOR : Exit.OK;
    }

    private static String text(StoreStatus status) {
        var text = new StringBuilder();
        text.append(
                new Facts()
                        .add("store", status.getStore())
                        .add("uid", status.getClusterUid())
                        .add("owner", status.getOwner())
                        .add("format", status.getFormat())
                        .add("generation", status.getGeneration())
                        .add("frozen", frozen(status))
                        .add("freeze", status.getFreeze())
                        .add("migrating", status.getMigrating() ? "yes" : "")
                        .add("installs", status.getInstalls() + ", live " + status.getLive())
                        .add("pools", status.getPools())
                        .add("external", status.getExternalRanges())
                        .add("blocks", status.getBlocks() + ", owned " + status.getOwnedBlocks())
                        .text());
        for (StoreMember each : status.getMembersList()) {
            text.append(
                    "%netcd %s: %s%s, %d MiB, raft term %d index %d"
                            .formatted(
                                    each.getEndpoint(),
                                    each.getVersion(),
                                    each.getLeader() ? ", leads" : "",
                                    each.getDatabaseBytes() >> 20,
                                    each.getRaftTerm(),
                                    each.getRaftIndex()));
        }
        for (MissingInstall each : status.getMissingList()) {
            text.append(
                    "%nmissing: node %s, install %s: %s"
                            .formatted(each.getNode(), each.getInstallId(), each.getWhy()));
        }
        return text.append('\n').toString();
    }

    private static String frozen(StoreStatus status) {
        return status.getFrozen()
                ? "since %s: %s"
                        .formatted(Times.text(status.getFrozenAt()), status.getFrozenBecause())
                : "no";
    }
}
