package io.croft.agent;

import io.croft.adapter.grpc.UnixChannel;
import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.CheckRequest;
import io.croft.proto.v1.GetStatusRequest;
import io.croft.proto.v1.IpamServiceGrpc;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Calls that change nothing, through the agent's own socket, before it says that it is ready: the
 * first call of a JVM is many times slower than the next, and should not be a pod's.
 */
final class SelfCall {
    private static final Attachment NOBODY =
            Attachment.newBuilder()
                    .setNetwork("croft-self-call")
                    .setContainerId("none")
                    .setInterfaceName("none")
                    .build();

    private SelfCall() {}

    static void make(Path socket) {
        try (var channel = new UnixChannel(socket)) {
            var ipam =
                    IpamServiceGrpc.newBlockingStub(channel.channel())
                            .withDeadlineAfter(5, TimeUnit.SECONDS);
            var _ = ipam.getStatus(GetStatusRequest.getDefaultInstance());
            refused(() -> ipam.check(CheckRequest.newBuilder().setAttachment(NOBODY).build()));
            // Refused because no pool can have that name.
            refused(() ->
                    ipam.allocate(
                            AllocateRequest.newBuilder()
                                    .setAttachment(NOBODY)
                                    .addPools("-")
                                    .build()));
        }
    }

    private static void refused(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException expected) {
            // The refusal is the answer.
        }
    }
}
