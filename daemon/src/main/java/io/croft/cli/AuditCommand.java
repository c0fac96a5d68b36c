package io.croft.cli;

import io.croft.agent.SharedStore;
import io.croft.proto.v1.AuditFinding;
import io.croft.proto.v1.AuditReport;
import picocli.CommandLine.Command;

/** {@code croft audit}. */
@Command(
        name = "audit",
        description = {
            "Looks at everything in the store and compares it with everything else; repairs nothing.",
            "Ends with 0 when it is clean, with 1 when it found something, else with another code."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  croft audit --store http://10.0.0.1:2379 --cluster prod",
            "  croft audit -o json"
        })
final class AuditCommand extends StoreCall {
    @Override
    Exit ask(SharedStore store, Output output) {
        AuditReport report = store.audit();
        output.one(report, () -> text(report));
        return report.getFindingsCount() == 0 ? Exit.OK : Exit.REFUSED;
    }

    private static String text(AuditReport report) {
        var text = new StringBuilder();
        for (AuditFinding each : report.getFindingsList()) {
            text.append(
                    "%s %s: %s; %s%n"
                            .formatted(
                                    Pools.word(each.getSeverity().name(), "AUDIT_SEVERITY_"),
                                    each.getKey(),
                                    each.getMessage(),
                                    each.getRemedy()));
        }
        int all = report.getFindingsCount() + report.getLeft();
        return text.append(
                        "%s: %d installs, %d pools, %d blocks, %d owned; %s%n"
                                .formatted(
                                        report.getStore(),
                                        report.getInstalls(),
                                        report.getPools(),
                                        report.getBlocks(),
                                        report.getOwnedBlocks(),
                                        all == 0 ? "clean" : Words.count(all, "finding")))
                .toString();
    }
}
