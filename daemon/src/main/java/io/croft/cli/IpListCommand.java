package io.croft.cli;

import io.croft.proto.v1.AddressEntry;
import io.croft.proto.v1.ListAllocationsRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft ip list}. */
@Command(
        name = "list",
        description = {
            "Lists the addresses of this node that are held, or those that rest.",
            "With --cluster those of all nodes, from the copies that they leave in the store now and then."
        },
        footer = {
            "",
            "Examples:",
            "  croft ip list",
            "  croft ip list --pool pods --namespace web",
            "  croft ip list --resting",
            "  croft ip list --cluster --namespace web"
        })
final class IpListCommand extends AgentCall {
    @Option(names = "--pool", paramLabel = "NAME", description = "Only addresses of this pool.")
    private String pool = "";

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "Only addresses of pods of this namespace.")
    private String namespace = "";

    @Option(names = "--resting", description = "Addresses that were released instead.")
    private boolean resting;

    @Option(
            names = "--cluster",
            description = "Addresses of all nodes that were held at the age that is shown.")
    private boolean cluster;

    @Override
    Exit ask(Admin agent, Output output) {
        if (cluster && resting) {
            throw usage("--resting is known to the node itself only: call without --cluster there");
        }
        if (cluster) {
            new ClusterAddresses(terminal()).list(agent, output, pool, namespace);
            return Exit.OK;
        }
        var request =
                ListAllocationsRequest.newBuilder()
                        .setPool(pool)
                        .setNamespace(namespace)
                        .setResting(resting)
                        .build();
        output.list(
                Pages.of(agent.list().listAllocations(request), page -> page.getAddressesList()),
                resting ? restingTable() : heldTable(),
                resting ? "no addresses rest" : "no addresses are held");
        return Exit.OK;
    }

    private static Table<AddressEntry> heldTable() {
        return new Table<AddressEntry>()
                .column("ADDRESS", AddressEntry::getAddress)
                .column("POOL", AddressEntry::getPool)
                .column("POD", Addresses::pod)
                .column("NETWORK", entry -> entry.getAttachment().getNetwork())
                .column("CONTAINER", entry -> Addresses.container(entry.getAttachment()))
                .column("INTERFACE", entry -> entry.getAttachment().getInterfaceName())
                .column("SINCE", entry -> Times.text(entry.getSince()));
    }

    private static Table<AddressEntry> restingTable() {
        return new Table<AddressEntry>()
                .column("ADDRESS", AddressEntry::getAddress)
                .column("POOL", AddressEntry::getPool)
                .column("RESTED", entry -> Times.text(Times.of(entry.getRested())))
                .column("NAMESPACE", entry -> entry.getVacated() ? "gone" : "not known to be gone");
    }
}
