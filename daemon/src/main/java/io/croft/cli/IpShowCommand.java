package io.croft.cli;

import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.AddressEntry;
import io.croft.proto.v1.AddressState;
import io.croft.proto.v1.LookUpAddressRequest;
import io.croft.proto.v1.LookUpAddressResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code croft ip show}. */
@Command(
        name = "show",
        description = "Says what an address is: who holds it, or why nobody does.",
        footer = {
            "",
            "Examples:",
            "  croft ip show 10.1.0.7",
            "  croft ip show 10.1.9.7 --cluster",
            "  croft ip show 10.1.0.7 --held-by web/frontend-0"
        })
final class IpShowCommand extends AgentCall {
    @Parameters(paramLabel = "ADDRESS", description = "The address.")
    private String address;

    @Option(
            names = "--cluster",
            description = "On whichever node: from the copy that its owner leaves in the store.")
    private boolean cluster;

    @Option(
            names = "--held-by",
            paramLabel = "NAMESPACE/POD",
            description = "Succeeds only if this pod, of this node, holds it.")
    private @Nullable String holder;

    @Override
    Exit ask(Admin agent, Output output) {
        // A variable that is empty must not pass for a question that was not asked.
        if (holder != null && !holder.matches("[^/]+/[^/]+")) {
            throw usage("--held-by must be NAMESPACE/POD, not \"%s\"".formatted(holder));
        }
        if (cluster && holder != null) {
            throw usage("--held-by asks this node's agent, --cluster the store: give one of them");
        }
        if (cluster) {
            new ClusterAddresses(terminal()).show(agent, output, address);
            return Exit.OK;
        }
        var request = LookUpAddressRequest.newBuilder().setAddress(address).build();
        LookUpAddressResponse found = agent.call().lookUpAddress(request);
        output.one(found, () -> text(found));
        boolean held = found.getState() == AddressState.ADDRESS_STATE_HELD;
        if (holder != null && !(held && Addresses.pod(found.getEntry()).equals(holder))) {
            throw Rejection.invalid(
                            "address", address, "is not held by pod \"%s\"".formatted(holder))
                    .remedy("see who gave it to the pod: another network, or another node's agent")
                    .asException();
        }
        return Exit.OK;
    }

    /** What is in no block of this node is free, or another node's: only the store knows. */
    private static String state(AddressState state) {
        return state == AddressState.ADDRESS_STATE_ELSEWHERE
                ? "in a pool, in no block of this node; --cluster asks the store whose it is"
                : Pools.word(state.name(), "ADDRESS_STATE_");
    }

    private String text(LookUpAddressResponse found) {
        AddressEntry entry = found.getEntry();
        boolean held = found.getState() == AddressState.ADDRESS_STATE_HELD;
        boolean rests = found.getState() == AddressState.ADDRESS_STATE_RESTING;
        return new Facts()
                .add("address", address)
                .add("state", state(found.getState()))
                .add("pool", found.getPool())
                .add("block", found.getBlock())
                .add("external range", found.getExternalRange())
                .add("pod", Addresses.pod(entry))
                .add("attachment", Addresses.attachment(entry.getAttachment()))
                .add("netns", entry.getWorkload().getNetns().getPath())
                .add("since", held ? Times.text(entry.getSince()) : "")
                .add("sequence", held ? Long.toString(entry.getSequence()) : "")
                .add("rested", rests ? Times.text(Times.of(entry.getRested())) : "")
                .text();
    }
}
