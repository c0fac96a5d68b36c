package io.croft.cli;

import io.croft.proto.v1.AllocatedAddress;
import io.croft.proto.v1.ConfirmGarbageRequest;
import io.croft.proto.v1.ConfirmGarbageResponse;
import io.croft.proto.v1.GarbageEntry;
import io.croft.proto.v1.PreviewGarbageRequest;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft gc}. */
@Command(
        name = "gc",
        description =
                "Shows, or frees, what attachments hold that nobody ended: their network namespace was"
                        + " seen and is gone, or two inventories of this host found nothing of them.",
        footer = {"", "Examples:", "  croft gc --dry-run", "  croft gc --confirm"})
final class GcCommand extends AgentCall {
    private static final class What {
        @Option(
                names = "--dry-run",
                description = "Show what would be freed, what is unknown, and why.")
        private boolean dryRun;

        @Option(
                names = "--confirm",
                description = "Free what is gone, also where the brake holds it.")
        private boolean confirm;
    }

    @ArgGroup(multiplicity = "1")
    private What what;

    @Override
    Exit ask(Admin agent, Output output) {
        if (what.confirm && !what.dryRun) {
            var request = ConfirmGarbageRequest.getDefaultInstance();
            ConfirmGarbageResponse done = agent.list().confirmGarbage(request);
            output.one(done, () -> text(done));
        } else {
            var request = PreviewGarbageRequest.getDefaultInstance();
            output.list(
                    Pages.of(agent.list().previewGarbage(request), page -> page.getEntriesList()),
                    table(),
                    "nothing to collect");
        }
        return Exit.OK;
    }

    private static String text(ConfirmGarbageResponse done) {
        String left =
                done.getUnknown() == 0
                        ? ""
                        : ", %d left whose namespace this agent cannot judge (croft ip release frees one)"
                                .formatted(done.getUnknown());
        return "%s freed%s%n".formatted(Words.count(done.getFreed(), "attachment"), left);
    }

    private static Table<GarbageEntry> table() {
        return new Table<GarbageEntry>()
                .column("NAMESPACE", entry -> Pools.word(entry.getFate().name(), "NETNS_FATE_"))
                .column("ADDRESSES", GcCommand::addresses)
                .column("POD", entry -> Addresses.pod(entry.getAllocation().getWorkload()))
                .column(
                        "ATTACHMENT",
                        entry -> Addresses.attachment(entry.getAllocation().getAttachment()))
                .column("WHY", GarbageEntry::getWhy);
    }

    private static String addresses(GarbageEntry entry) {
        return String.join(
                ",",
                entry.getAllocation().getAddressesList().stream()
                        .map(AllocatedAddress::getAddress)
                        .toList());
    }
}
