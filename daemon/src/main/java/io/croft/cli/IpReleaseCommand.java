package io.croft.cli;

import io.croft.proto.v1.AllocatedAddress;
import io.croft.proto.v1.Allocation;
import io.croft.proto.v1.ReleaseAddressRequest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code croft ip release}. */
@Command(
        name = "release",
        description = {
            "Frees the allocation that holds an address, with all its addresses.",
            "The pod's interface keeps its address until the pod is gone: make sure first that it is."
        },
        footer = {"", "Example:", "  croft ip release 10.1.0.7 --confirm"})
final class IpReleaseCommand extends AgentCall {
    @Parameters(paramLabel = "ADDRESS", description = "An address of the allocation.")
    private String address;

    @Option(
            names = "--sequence",
            paramLabel = "N",
            description = "Only the allocation of this sequence, as croft ip show gave it.")
    private long sequence;

    @Option(names = "--confirm", description = "Do it: the pod is gone.")
    private boolean confirm;

    @Override
    Exit ask(Admin agent, Output output) {
        if (!confirm) {
            throw usage("ip release frees an address that a pod may use; add --confirm");
        }
        var request =
                ReleaseAddressRequest.newBuilder()
                        .setAddress(address)
                        .setSequence(sequence)
                        .build();
        Allocation freed = agent.call().releaseAddress(request).getAllocation();
        output.one(freed, () -> text(freed));
        return Exit.OK;
    }

    private static String text(Allocation freed) {
        List<String> addresses =
                freed.getAddressesList().stream().map(AllocatedAddress::getAddress).toList();
        return "released %s of %s%n"
                .formatted(
                        String.join(", ", addresses), Addresses.attachment(freed.getAttachment()));
    }
}
