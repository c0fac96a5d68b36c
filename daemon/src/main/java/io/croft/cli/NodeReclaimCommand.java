package io.croft.cli;

import io.croft.proto.v1.ReclaimNodeRequest;
import io.croft.proto.v1.ReclaimNodeResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code croft node reclaim}. */
@Command(
        name = "reclaim",
        description = {
            "Takes all blocks of a node whose machine is dead, so that others can use them.",
            "Works through the agent of any live node. Refused while the node gives signs of life."
        },
        footer = {"", "Example:", "  croft node reclaim worker-7 --confirm-powered-off"})
final class NodeReclaimCommand extends AgentCall {
    @Parameters(
            paramLabel = "NODE|INSTALL",
            description =
                    "Name of the dead node, or the id of one of its installs where another machine has the name by now.")
    private String name;

    @Option(
            names = "--confirm-powered-off",
            description =
                    "Your word that the machine is off: one that only cannot be reached runs on with its addresses.")
    private boolean poweredOff;

    @Option(
            names = "--shared-hardware",
            description =
                    "Your word that several machines share this one's hardware id, as virtual machines and containers do: others that run do not forbid it. Better give each one its own --hardware-id.")
    private boolean sharedHardware;

    @Option(
            names = "--by",
            paramLabel = "WHO",
            description = "Who gives that word, for the record; else the user who calls.")
    private String by = "";

    @Override
    Exit ask(Admin agent, Output output) {
        var request =
                ReclaimNodeRequest.newBuilder()
                        .setName(name)
                        .setConfirmPoweredOff(poweredOff)
                        .setSharedHardware(sharedHardware)
                        .setBy(by.isEmpty() ? user() : by);
        ReclaimNodeResponse taken = agent.list().reclaimNode(request.build());
        output.one(
                taken,
                () ->
                        "node %s: %s taken back%n"
                                .formatted(name, Words.count(taken.getBlocks(), "block")));
        return Exit.OK;
    }

    /** Who called sudo says more than root. */
    private String user() {
        return terminal()
                .variable("SUDO_USER")
                .or(() -> terminal().variable("USER"))
                .orElse("unknown");
    }
}
